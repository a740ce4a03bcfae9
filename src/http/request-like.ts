/** The parts of a request that routes read, which both `Request` and `NodeRequest` have. */
export interface RequestLike extends RequestHead {
  /** The whole URL, or only path and query. */
  readonly url: string
  readonly body: AsyncIterable<Uint8Array> | null
  arrayBuffer(): Promise<ArrayBuffer>
}

/** The parts of a request that are read before anybody is admitted. */
export interface RequestHead {
  readonly method: string
  readonly headers: {
    get(name: string): string | null
    has(name: string): boolean
    keys(): Iterable<string>
  }
}
