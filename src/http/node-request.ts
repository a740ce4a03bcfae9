import type { IncomingHttpHeaders, IncomingMessage } from 'node:http'
import type { RequestLike } from './request-like.ts'

/** Node's own request as a `RequestLike`. */
export class NodeRequest implements RequestLike {
  readonly method: string
  readonly url: string
  readonly body: IncomingMessage | null
  readonly headers: NodeHeaders

  /** `body` is the request itself, or null if the request has no body. */
  constructor({ method = '', url = '', headers }: IncomingMessage, body: IncomingMessage | null) {
    this.method = method
    this.url = url
    this.body = body
    this.headers = new NodeHeaders(headers)
  }

  /** @throws the error of the stream if the body ended early; TypeError if it was read before */
  async arrayBuffer(): Promise<ArrayBuffer> {
    if (this.body === null) return new ArrayBuffer(0)
    if (this.body.readableDidRead) throw new TypeError('The body was read before')
    const chunks: Uint8Array[] = []
    for await (const chunk of this.body) chunks.push(chunk)
    return new Uint8Array(Buffer.concat(chunks)).buffer
  }
}

/** Whether a body was announced, be it an empty one. */
export function hasBody({ headers }: IncomingMessage): boolean {
  return headers['content-length'] !== undefined || headers['transfer-encoding'] !== undefined
}

/** The headers as Node parsed them, without a copy in a `Headers`. */
export class NodeHeaders {
  readonly #headers: IncomingHttpHeaders

  constructor(headers: IncomingHttpHeaders) {
    this.#headers = headers
  }

  get(name: string): string | null {
    const value = this.#headers[name]
    return typeof value === 'string' ? value : (value?.toString() ?? null)
  }

  has(name: string): boolean {
    return this.#headers[name] !== undefined
  }

  keys(): string[] {
    return Object.keys(this.#headers)
  }
}
