// Reads a mail as RFC 5322 and RFC 2045 have it, and refuses what is not exactly that.

export interface ParsedMail {
  /** In their order, unfolded, as they stand on the wire. */
  readonly headers: readonly (readonly [name: string, value: string])[]
  readonly text: string
  readonly html: string
}

/** @throws Error for a mail that two readers could read in two ways */
export function parseMail(raw: string): ParsedMail {
  const { headers, body } = parseEntity(raw)
  const [, boundary = ''] =
    /^multipart\/alternative;\s*boundary="([^"]+)"$/.exec(headerOf(headers, 'Content-Type')) ?? []
  const [preamble, ...rest] = `\r\n${body}`.split(`\r\n--${boundary}`)
  if (boundary === '' || preamble !== '' || rest.pop()?.trim() !== '--') {
    throw new Error('No multipart/alternative mail')
  }
  const [text, html, ...more] = rest.map((part) => parseEntity(part.replace(/^\r\n/, '')))
  if (!text || !html || more.length > 0) throw new Error('Not two parts')
  return { headers, text: decode(text, 'text/plain'), html: decode(html, 'text/html') }
}

/** Every value of a header; its name in any case. */
export function headerOf(headers: ParsedMail['headers'], name: string): string {
  const values = headers.filter(([each]) => each.toLowerCase() === name.toLowerCase())
  const [value] = values
  if (!value || values.length > 1) throw new Error(`${values.length} headers ${name}`)
  return value[1]
}

interface Entity {
  readonly headers: ParsedMail['headers']
  readonly body: string
}

function parseEntity(raw: string): Entity {
  if (/\r(?!\n)|(?<!\r)\n/.test(raw)) throw new Error('A line ends in a bare CR or LF')
  const end = raw.indexOf('\r\n\r\n')
  const unfolded = raw.slice(0, end).replace(/\r\n(?=[ \t])/g, '')
  const headers = unfolded.split('\r\n').map((line) => {
    const [, name = '', value = ''] = /^([!-9;-~]+): (.*)$/.exec(line) ?? []
    if (name === '') throw new Error(`No header: ${line}`)
    return [name, value] as const
  })
  return { headers, body: raw.slice(end + 4) }
}

function decode({ headers, body }: Entity, type: string): string {
  const encoding = headerOf(headers, 'Content-Transfer-Encoding')
  if (headerOf(headers, 'Content-Type') !== `${type}; charset=utf-8`) throw new Error(`No ${type}`)
  const lines = body.replace(/\r\n/g, '\n')
  if (encoding === '7bit') return lines
  if (encoding === 'base64') return Buffer.from(body, 'base64').toString()
  if (encoding !== 'quoted-printable') throw new Error(`Encoded as ${encoding}`)
  const bytes = lines
    .replace(/=\n/g, '')
    .replace(/=([0-9A-F]{2})/g, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)))
  return Buffer.from(bytes, 'latin1').toString()
}
