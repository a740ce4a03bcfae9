import type { IncomingHttpHeaders, IncomingMessage } from 'node:http'
import type { Asked } from './asked.ts'

/** A request without a body, as Node has it. */
export class NodeRequest implements Asked {
  readonly method = 'GET'
  readonly url: string
  readonly body = null
  readonly headers: NodeHeaders

  constructor({ headers }: IncomingMessage, url: string) {
    this.url = url
    this.headers = new NodeHeaders(headers)
  }

  async arrayBuffer(): Promise<ArrayBuffer> {
    return new ArrayBuffer(0)
  }
}

/** Headers as Node has parsed them, not copied into a `Headers`. */
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
