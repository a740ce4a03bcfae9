/** Where a request comes from, as far as the server can tell, and who acts through it. */
export interface Client {
  readonly ipAddress: string | null
  readonly userAgent: string | null
  /** The id of the request in the log; null outside a request. */
  readonly requestId: string | null
  /** The user, or somebody who runs the application. */
  readonly actor: 'user' | 'operator'
}

/** A client about which nothing is known. */
export const unknownClient: Client = {
  ipAddress: null,
  userAgent: null,
  requestId: null,
  actor: 'user',
}

/** Somebody at a console, whose name is not known. */
export const operator: Client = { ...unknownClient, actor: 'operator' }
