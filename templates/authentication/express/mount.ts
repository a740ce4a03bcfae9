import type { RequestHandler } from 'express'
import { latchkey, protect } from 'latchkey/express'
import type { AppOptions, Auth } from 'latchkey/server'
import { openAuthentication } from '../shared/server.ts'

/** Which of your routes are open to everybody: a method and a path, spelled exactly so. */
const allowUnauthenticated = ['GET /']

interface Mount {
  /** The routes of authentication: before whatever reads bodies, such as `express.json()`. */
  readonly authenticationRoutes: RequestHandler
  /** Closes what is registered after it to whoever is not logged in, but for the routes above. */
  readonly requireAuthentication: RequestHandler
}

/** For `app.use`; there `request.user` says who asks. The database is opened when the server listens. */
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

/** The same around an `auth` that is there: tests have one of their own. */
export function mount(auth: Auth, options: AppOptions = {}): Mount {
  return {
    authenticationRoutes: latchkey(auth, options),
    requireAuthentication: protect(auth, { ...options, allowUnauthenticated }),
  }
}
