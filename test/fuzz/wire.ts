// Requests as bytes, since a client library would refuse to send most of them.
import { connect } from 'node:net'

/** A request before it is bytes; header values and target are latin1. */
export interface Sent {
  readonly method: string
  readonly target: string
  readonly headers: readonly (readonly [name: string, value: string])[]
  readonly body: Uint8Array | null
  readonly isChunked: boolean
}

export interface Received {
  readonly status: number
  readonly headers: Headers
  readonly text: string
}

const millisecondsToHang = 10_000

/** Sends one request on a connection of its own. */
export async function exchange(port: number, sent: Sent): Promise<Received> {
  const socket = connect(port, '127.0.0.1')
  const chunks: Buffer[] = []
  let isHanging = false
  const limit = setTimeout(() => {
    isHanging = true
    socket.destroy()
  }, millisecondsToHang)
  socket.on('data', (chunk) => chunks.push(chunk))
  // Whoever is refused early may find the connection closed while still sending.
  socket.on('error', () => {})
  socket.write(toBytes(sent))
  await new Promise((resolve) => socket.on('close', resolve))
  clearTimeout(limit)
  if (isHanging) throw new Error(`No answer within ${millisecondsToHang} ms`)
  return parseAnswer(Buffer.concat(chunks))
}

function toBytes({ method, target, headers, body, isChunked }: Sent): Buffer {
  const length: [string, string][] = []
  if (body && isChunked) length.push(['Transfer-Encoding', 'chunked'])
  if (body && !isChunked) length.push(['Content-Length', String(body.length)])
  const lines = [...headers, ...length, ['Connection', 'close'] as const]
  const fields = lines.map(([name, value]) => `${name}: ${value}\r\n`).join('')
  const head = Buffer.from(`${method} ${target} HTTP/1.1\r\n${fields}\r\n`, 'latin1')
  if (!body) return head
  if (!isChunked) return Buffer.concat([head, body])
  const size = body.length > 0 ? `${body.length.toString(16)}\r\n` : ''
  return Buffer.concat([
    head,
    Buffer.from(size),
    body,
    Buffer.from(size ? '\r\n0\r\n\r\n' : '0\r\n\r\n'),
  ])
}

const goOn = 'HTTP/1.1 100 Continue\r\n\r\n'

/** @throws Error for what is no answer, or two */
function parseAnswer(bytes: Buffer): Received {
  if (bytes.indexOf(goOn) === 0) return parseAnswer(bytes.subarray(goOn.length))
  const end = bytes.indexOf('\r\n\r\n')
  if (end === -1) throw new Error(`No answer, but ${JSON.stringify(bytes.toString('latin1'))}`)
  const [line = '', ...fields] = bytes.subarray(0, end).toString('latin1').split('\r\n')
  const match = /^HTTP\/1\.1 (\d{3})(?: .*)?$/.exec(line)
  if (!match) throw new Error(`No status line: ${line}`)
  const headers = new Headers(fields.map((field) => splitField(field)))
  const body = bytes.subarray(end + 4)
  const isChunked = headers.get('transfer-encoding') === 'chunked'
  const content = isChunked ? joinChunks(body) : body
  const announced = headers.get('content-length')
  if (announced !== null && content.length > Number(announced))
    throw new Error('More than one answer')
  return { status: Number(match[1]), headers, text: content.toString('utf8') }
}

function splitField(field: string): [string, string] {
  const colon = field.indexOf(':')
  return [field.slice(0, colon), field.slice(colon + 1).trim()]
}

function joinChunks(body: Buffer): Buffer {
  const chunks: Buffer[] = []
  for (let start = 0; ; ) {
    const end = body.indexOf('\r\n', start)
    const size = Number.parseInt(body.subarray(start, end).toString('latin1'), 16)
    if (end === -1 || Number.isNaN(size)) throw new Error('A chunk without a size')
    if (size === 0) return Buffer.concat(chunks)
    chunks.push(body.subarray(end + 2, end + 2 + size))
    start = end + 2 + size + 2
  }
}
