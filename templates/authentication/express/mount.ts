import type { RequestHandler } from 'express'
import { latchkey, protect } from 'latchkey/express'
import type { AppOptions, Auth } from 'latchkey/server'
import { openAuth } from '../shared/auth.ts'

/** Which of your routes are open to everybody: a method and a path, spelled exactly so. */
const allowUnauthenticated = ['GET /']

interface Mount {
  /** The routes of authentication: before whatever reads bodies, such as `express.json()`. */
  readonly authenticationRoutes: RequestHandler
  /** Closes what is registered after it to whoever is not logged in, but for the routes above. */
  readonly requireAuthentication: RequestHandler
}

/** For `app.use`; there `request.user` says who asks. The first requests wait until the database is open. */
export function mountAuthentication(): Mount {
  const mounted = openAuth().then(({ auth, options, close }) => {
    closeAtEnd(close)
    return mount(auth, options)
  })
  const authenticationRoutes: RequestHandler = async (request, response, next) => {
    const { authenticationRoutes } = await mounted
    return authenticationRoutes(request, response, next)
  }
  const requireAuthentication: RequestHandler = async (request, response, next) => {
    const { requireAuthentication } = await mounted
    return requireAuthentication(request, response, next)
  }
  return { authenticationRoutes, requireAuthentication }
}

/** The same around an `auth` that is there: tests have one of their own. */
export function mount(auth: Auth, options: AppOptions = {}): Mount {
  return {
    authenticationRoutes: latchkey(auth, options),
    requireAuthentication: protect(auth, { ...options, allowUnauthenticated }),
  }
}

// `once`: a second signal ends the process at once, as ever.
function closeAtEnd(close: () => Promise<void>): void {
  const end = () => void close().finally(() => process.exit())
  process.once('SIGINT', end).once('SIGTERM', end)
}
