/** Where a request comes from, as far as the server can tell. */
export interface Client {
  readonly ipAddress: string | null
  readonly userAgent: string | null
  /** The request, as the log names it; null where there is none, at a console or in a seed. */
  readonly requestId: string | null
}

/** No client: somebody at a console, or a seed. */
export const nobody: Client = { ipAddress: null, userAgent: null, requestId: null }
