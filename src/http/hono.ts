import type { MiddlewareHandler } from 'hono'
import type { Auth } from '../core/auth.ts'
import { runAs } from '../core/current.ts'
import type { Authenticated } from '../core/entities.ts'
import { Admission, openedBy, type ProtectOptions, presentRefusal } from './admission.ts'
import { toResponse } from './answers.ts'
import { isRefusal } from './problems.ts'

/** What `protect` puts into the context: `c.var.session`, `c.var.user`. */
export interface Protected {
  Variables: Authenticated
}

/**
 * Middleware for your own Hono app: everything registered after it needs a live session, except the routes that
 * are opened by name, as with Rails' `allow_unauthenticated_access`.
 *
 * A name is a method and a path, `GET /welcome`, and opens only what is spelled exactly so. On such a route
 * `c.var` holds neither session nor user.
 *
 * The session may also be in the cookie that `createApp` sets in the same `mode`: then whatever is not GET, HEAD
 * or OPTIONS must come from a page of this origin, or of one in `corsOrigins`.
 *
 * @throws RangeError for a name with a pattern in it, which would open nothing, and for an invalid origin
 */
export function protect(auth: Auth, options: ProtectOptions = {}): MiddlewareHandler<Protected> {
  const admission = new Admission(auth, options)
  const isOpened = openedBy(options.allowUnauthenticated)
  return async (context, next) => {
    const { method, path, raw } = context.req
    if (isOpened(method, path)) return next()
    const authenticated = await admission.authenticate(raw)
    if (isRefusal(authenticated)) return toResponse(presentRefusal(authenticated, raw))
    const { session, user } = authenticated
    context.set('session', session)
    context.set('user', user)
    return runAs({ session, user, apiKey: null }, next)
  }
}
