// A client that sends what no HTTP library would: doubled headers, bytes, methods of its own.
import { connect } from 'node:net'

/** A request as it stands on the wire; of the head each character is one byte. */
export interface WireRequest {
  readonly head: readonly string[]
  readonly body: Uint8Array
}

export interface WireAnswer {
  readonly status: number
  readonly headers: Headers
  readonly text: string
}

/** Sends one request on a connection of its own, and reads until the server closes it. */
export async function exchange(port: number, { head, body }: WireRequest): Promise<WireAnswer> {
  const { promise, resolve } = Promise.withResolvers<void>()
  const chunks: Buffer[] = []
  const socket = connect(port, '127.0.0.1')
  socket.on('data', (chunk) => chunks.push(Buffer.from(chunk)))
  // Who has refused a body need not read it: what was answered before the reset counts.
  socket.on('error', () => {})
  socket.on('close', () => resolve())
  // Not ended: Node drops what is under way for a client that closes its half of the connection.
  const lines = [...head, 'Connection: close', '', '']
  socket.write(Buffer.concat([Buffer.from(lines.join('\r\n'), 'latin1'), body]))
  await promise
  return readAnswer(Buffer.concat(chunks))
}

function readAnswer(bytes: Buffer): WireAnswer {
  const end = bytes.indexOf('\r\n\r\n')
  if (end < 0) throw new Error(`This is no answer: ${bytes}`)
  const [statusLine = '', ...lines] = bytes.toString('latin1', 0, end).split('\r\n')
  const headers = new Headers()
  for (const line of lines) {
    const colon = line.indexOf(':')
    headers.append(line.slice(0, colon), line.slice(colon + 1))
  }
  const body = bytes.subarray(end + 4)
  const isChunked = headers.get('transfer-encoding') === 'chunked'
  const text = (isChunked ? joinChunks(body) : body).toString()
  return { status: Number(statusLine.split(' ')[1]), headers, text }
}

// RFC 9112 §7.1: a size in hexadecimal and so many bytes, until a size is 0.
function joinChunks(body: Buffer): Buffer {
  const lineEnd = body.indexOf('\r\n')
  const size = Number.parseInt(body.toString('latin1', 0, lineEnd), 16)
  const start = lineEnd + 2
  if (!(size > 0)) return Buffer.alloc(0)
  return Buffer.concat([
    body.subarray(start, start + size),
    joinChunks(body.subarray(start + size + 2)),
  ])
}
