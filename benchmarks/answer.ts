/** Whether the answer has arrived completely. */
export function isComplete(answer: Buffer): boolean {
  const head = answer.indexOf('\r\n\r\n')
  if (head === -1) return false
  const [, length] = /content-length: (\d+)/i.exec(answer.toString('latin1', 0, head)) ?? []
  if (length !== undefined) return answer.length >= head + 4 + Number(length)
  return answer.toString('latin1', answer.length - 5) === '0\r\n\r\n'
}

export function hasStatus(answer: Buffer, status: number): boolean {
  return answer.toString('latin1', 0, 12).endsWith(` ${status}`)
}
