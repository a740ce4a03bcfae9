/** What a route reads of a request: a `Request` has it, and Node's own without becoming one. */
export interface Asked {
  readonly method: string
  /** Whole, or from the path on. */
  readonly url: string
  readonly headers: {
    get(name: string): string | null
    has(name: string): boolean
    keys(): Iterable<string>
  }
  readonly body: AsyncIterable<Uint8Array> | null
  arrayBuffer(): Promise<ArrayBuffer>
}
