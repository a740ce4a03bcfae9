import type { Hono, MiddlewareHandler } from 'hono'
import { type Protected, protect } from 'latchkey/hono'
import { type AppOptions, type Auth, createApp } from 'latchkey/server'
import { openAuthentication } from '../shared/server.ts'

/** Your routes that are open to everybody: method and path, which must match exactly. */
const allowUnauthenticated = ['GET /']

/**
 * Adds the authentication routes to an app. Everything registered after them, except the routes above, requires a
 * log-in; there, `c.var.user` is the logged-in user. The database is opened when the server listens.
 */
export function mountAuthentication(app: Hono<Protected>): void {
  let mounted: Promise<MiddlewareHandler<Protected>> | undefined
  app.use(async (c, next) => {
    mounted ??= openAuthentication().then(({ auth, options }) => authentication(auth, options))
    const answer = await mounted
    return answer(c, next)
  })
}

/** The same for an existing `auth`: tests pass their own. */
export function mount(app: Hono<Protected>, auth: Auth, options: AppOptions = {}): void {
  app.use(authentication(auth, options))
}

function authentication(auth: Auth, options: AppOptions): MiddlewareHandler<Protected> {
  const latchkey = createApp(auth, options)
  const guard = protect(auth, { ...options, allowUnauthenticated })
  return async (c, next) => {
    const [known] = latchkey.router.match('GET', c.req.path)
    return known.length > 0 ? latchkey.fetch(c.req.raw, Object(c.env)) : guard(c, next)
  }
}
