import type { MiddlewareHandler } from 'hono'
import type { Auth } from '../core/auth.ts'
import { runAs } from '../core/current.ts'
import type { Authenticated, Principal } from '../core/entities.ts'
import {
  Admission,
  accessOf,
  openedBy,
  type ProtectOptions,
  presentRefusal,
  type RouteAccess,
} from './admission.ts'
import { toResponse } from './answers.ts'
import { judgeEnv } from './node-env.ts'
import { isRefusal } from './problems.ts'

/**
 * What `protect` puts into the context: `c.var.session` and `c.var.user`. The type promises both to every handler of
 * the app, so a route that accepts API keys, or is opened by name, belongs in an app with another type.
 */
export interface Protected {
  Variables: Authenticated
}

/**
 * The same for the access `{ scope }`: if the request came by an API key, `c.var.session` is null and `c.var.apiKey` is
 * the key. Declare such routes in an app of their own, `app.route('/', new Hono().get(…))`: in a `Hono<Protected>` the
 * type promises a session.
 */
export interface ProtectedByScope {
  Variables: Principal
}

/**
 * Middleware for your own Hono app: every route registered after it needs a live session, except those that are
 * opened by name, as with Rails' `allow_unauthenticated_access`.
 *
 * A name is a method and a path, such as `GET /welcome`, and opens exactly this spelling. On such a route `c.var` has
 * neither session nor user.
 *
 * The session may also be in the cookie that `createApp` sets in the same `mode`. Then a request other than GET, HEAD
 * or OPTIONS must come from a page of this origin, or of one in `corsOrigins`.
 *
 * With another `access`, add it to the route itself: `app.delete('/notes', protect(auth, { access: 'fresh' }), …)`. A
 * route that accepts API keys must be registered before the `protect` that requires a session on all others.
 *
 * @throws RangeError for a name with a pattern in it, which would never match, for an invalid origin, and for a scope
 *   that is not declared
 */
export function protect(auth: Auth, options?: ProtectOptions): MiddlewareHandler<Protected>
export function protect(
  auth: Auth,
  options: ProtectOptions<RouteAccess>,
): MiddlewareHandler<ProtectedByScope>
export function protect(auth: Auth, options: ProtectOptions<RouteAccess> = {}): MiddlewareHandler {
  const access = accessOf(options, 'protect()', auth)
  const admission = new Admission(auth, options)
  const isOpened = openedBy(options.allowUnauthenticated)
  return async (context, next) => {
    const { method, path, raw } = context.req
    if (isOpened(method, path)) return next()
    const judging = judgeEnv(context.env)
    const refusal = judging && (await judging)
    const admitted = refusal ?? (await admission.admit(raw, access))
    if (isRefusal(admitted)) return toResponse(presentRefusal(admitted, raw))
    context.set('session', admitted.session)
    context.set('apiKey', admitted.apiKey)
    context.set('user', admitted.user)
    return runAs(admitted, next)
  }
}
