import { type AppOptions, type Auth, createGate, createHandler, type Gate } from 'latchkey/server'

/** What the routes and pages of an app use. */
export interface Authentication {
  /** Answers every route of Latchkey's. */
  readonly answer: (request: Request) => Promise<Response>
  readonly gate: Gate
}

/** Builds them around an `auth`: tests pass their own. */
export function surround(auth: Auth, options: AppOptions = {}): Authentication {
  // SECURITY: Next does not say whom a connection comes from, and keeps an X-Forwarded-For that a client sent.
  // Only behind a proxy that TRUSTED_PROXIES names can that header be believed.
  const proxies = options.trustedProxies ?? []
  const address = proxies.length > 0 ? '127.0.0.1' : null
  const trustedProxies = address === null ? [] : [address, ...proxies]
  const handler = createHandler(auth, { ...options, trustedProxies })
  return {
    answer: (request) => handler(request, { address }),
    gate: createGate(auth, options),
  }
}
