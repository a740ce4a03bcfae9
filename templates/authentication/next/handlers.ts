import { type AppOptions, type Auth, createGate, createHandler, type Gate } from 'latchkey/server'

/** What the routes and pages of an app ask. */
export interface Authentication {
  /** Every route of Latchkey's. */
  readonly answer: (request: Request) => Promise<Response>
  readonly gate: Gate
}

/** What stands around an `auth`: tests have one of their own. */
export function surround(auth: Auth, options: AppOptions = {}): Authentication {
  // SECURITY: Next does not say whom a connection comes from, and leaves an X-Forwarded-For that a client
  // has sent. Only where TRUSTED_PROXIES names a proxy in front is that header somebody else's.
  const proxies = options.trustedProxies ?? []
  const address = proxies.length > 0 ? '127.0.0.1' : null
  const trustedProxies = address === null ? [] : [address, ...proxies]
  const handler = createHandler(auth, { ...options, trustedProxies })
  return {
    answer: (request) => handler(request, { address }),
    gate: createGate(auth, options),
  }
}
