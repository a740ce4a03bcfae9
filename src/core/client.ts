/** Where a request comes from, as far as the server can tell, and who acts through it. */
export interface Client {
  readonly ipAddress: string | null
  readonly userAgent: string | null
  /** The request, as the log names it; null where there is none. */
  readonly requestId: string | null
  /** The user, or somebody on behalf of whoever runs the application. */
  readonly actor: 'user' | 'operator'
}

/** A client of which nothing is known. */
export const nobody: Client = {
  ipAddress: null,
  userAgent: null,
  requestId: null,
  actor: 'user',
}

/** Somebody at a console, who gives no name. */
export const operator: Client = { ...nobody, actor: 'operator' }
