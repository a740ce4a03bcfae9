import type { RequestHandler } from 'express'
import { latchkey, protect } from 'latchkey/express'
import type { AppOptions, Auth } from 'latchkey/server'
import { openAuthentication } from '../shared/server.ts'

/** Your routes that are open to everybody: method and path, which must match exactly. */
const allowUnauthenticated = ['GET /']

interface Mount {
  /** The authentication routes: register them before anything that reads bodies, such as `express.json()`. */
  readonly authenticationRoutes: RequestHandler
  /** Requires a log-in for everything registered after it, except the routes above. */
  readonly requireAuthentication: RequestHandler
}

/** For `app.use`. Behind it, `request.user` is the logged-in user. The database is opened when the server listens. */
export function mountAuthentication(): Mount {
  let mounted: Promise<Mount> | undefined
  const open = () => {
    mounted ??= openAuthentication().then(({ auth, options }) => mount(auth, options))
    return mounted
  }
  return {
    authenticationRoutes: async (request, response, next) => {
      const { authenticationRoutes } = await open()
      return authenticationRoutes(request, response, next)
    },
    requireAuthentication: async (request, response, next) => {
      const { requireAuthentication } = await open()
      return requireAuthentication(request, response, next)
    },
  }
}

/** The same for an existing `auth`: tests pass their own. */
export function mount(auth: Auth, options: AppOptions = {}): Mount {
  return {
    authenticationRoutes: latchkey(auth, options),
    requireAuthentication: protect(auth, { ...options, allowUnauthenticated }),
  }
}
