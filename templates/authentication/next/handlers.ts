import { type AppOptions, type Auth, createGate, createHandler, type Gate } from 'latchkey/server'

/** What the routes and pages of the app use. */
export interface Authentication {
  /** Handles all of Latchkey's routes. */
  readonly answer: (request: Request) => Promise<Response>
  readonly gate: Gate
}

/** Builds both for an `auth`: tests pass their own. */
export function surround(auth: Auth, options: AppOptions = {}): Authentication {
  // SECURITY: Next does not tell the IP address of a connection, and keeps an X-Forwarded-For that a client sent. That
  // header can be trusted only behind a proxy, which TRUSTED_PROXIES names.
  const proxies = options.trustedProxies ?? []
  const address = proxies.length > 0 ? '127.0.0.1' : null
  const trustedProxies = address === null ? [] : [address, ...proxies]
  const handler = createHandler(auth, { ...options, trustedProxies })
  return {
    answer: (request) => handler(request, { address }),
    gate: createGate(auth, options),
  }
}
