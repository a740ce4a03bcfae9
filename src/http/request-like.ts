/** What a route reads of a request: a `Request` has it, and so has Node's own through `NodeRequest`. */
export interface RequestLike extends RequestHead {
  /** The whole URL, or only from the path on. */
  readonly url: string
  readonly body: AsyncIterable<Uint8Array> | null
  arrayBuffer(): Promise<ArrayBuffer>
}

/** What is read of a request before anybody is let in. */
export interface RequestHead {
  readonly method: string
  readonly headers: {
    get(name: string): string | null
    has(name: string): boolean
    keys(): Iterable<string>
  }
}
