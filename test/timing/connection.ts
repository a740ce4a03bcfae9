import { once } from 'node:events'
import { connect, type Socket } from 'node:net'

/** A request as it is sent, and what is known of its answer. */
export interface Timed {
  readonly bytes: Buffer
  readonly status: number
}

/** One connection that is kept, with one request at a time on it. */
export class Connection {
  readonly #socket: Socket

  private constructor(socket: Socket) {
    this.#socket = socket
  }

  static async open(port: number): Promise<Connection> {
    const socket = connect({ host: '127.0.0.1', port, noDelay: true })
    await once(socket, 'connect')
    return new Connection(socket)
  }

  /** @returns the milliseconds from the last byte written to the first one read */
  async time({ bytes, status }: Timed): Promise<number> {
    const socket = this.#socket
    const { promise, resolve, reject } = Promise.withResolvers<number>()
    let [written, read] = [0n, 0n]
    let answer = ''
    const onData = (chunk: Buffer) => {
      if (read === 0n) read = process.hrtime.bigint()
      answer += chunk.toString('latin1')
      if (isWhole(answer)) resolve(Number(read - written) / 1e6)
    }
    const onEnd = () => reject(new Error(`The server hung up: ${answer}`))
    socket.on('data', onData).once('close', onEnd).once('error', reject)
    socket.write(bytes)
    written = process.hrtime.bigint()
    try {
      const milliseconds = await promise
      if (!answer.startsWith(`HTTP/1.1 ${status} `)) throw new Error(`Not a ${status}: ${answer}`)
      return milliseconds
    } finally {
      socket.off('data', onData).off('close', onEnd).off('error', reject)
    }
  }

  close(): void {
    this.#socket.destroy()
  }
}

export function requestOf(
  line: string,
  { body, headers = {} }: { body?: object; headers?: Readonly<Record<string, string>> },
): Buffer {
  const content = body === undefined ? '' : JSON.stringify(body)
  const entity = body === undefined ? {} : entityHeaders(content)
  const all = Object.entries({ host: 'localhost', ...headers, ...entity })
  const head = all.map(([name, value]) => `${name}: ${value}\r\n`).join('')
  return Buffer.from(`${line} HTTP/1.1\r\n${head}\r\n${content}`)
}

function entityHeaders(content: string): Record<string, string> {
  return {
    'content-type': 'application/json',
    'content-length': String(Buffer.byteLength(content)),
  }
}

function isWhole(answer: string): boolean {
  const headEnd = answer.indexOf('\r\n\r\n')
  const [, length = '0'] = /\r\ncontent-length: (\d+)/i.exec(answer) ?? []
  return headEnd !== -1 && answer.length - headEnd - 4 >= Number(length)
}
