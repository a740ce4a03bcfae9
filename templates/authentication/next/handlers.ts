import { type AppOptions, type Auth, createGate, createHandler, type Gate } from 'latchkey/server'

/** What the routes and pages of an app ask. */
export interface Authentication {
  /** Every route of Latchkey's. */
  readonly answer: (request: Request) => Promise<Response>
  readonly gate: Gate
}

/** What stands around an `auth`: tests have one of their own. */
export function surround(auth: Auth, options: AppOptions = {}): Authentication {
  // Next says in X-Forwarded-For whom a connection comes from, behind what a proxy has said there.
  const trustedProxies = ['127.0.0.1', ...(options.trustedProxies ?? [])]
  const handler = createHandler(auth, { ...options, trustedProxies })
  return {
    answer: (request) => handler(request, { address: '127.0.0.1' }),
    gate: createGate(auth, options),
  }
}
