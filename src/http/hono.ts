import type { MiddlewareHandler } from 'hono'
import type { Auth } from '../core/auth.ts'
import { runAs } from '../core/current.ts'
import type { Authenticated } from '../core/store.ts'
import { bareEnvelope, toResponse } from './answers.ts'
import { authenticateRequest } from './bearer.ts'
import { isRefusal } from './problems.ts'

/** What `protect` puts into the context: `c.var.session`, `c.var.user`. */
export interface Protected {
  Variables: Authenticated
}

/**
 * Middleware for your own Hono app: everything registered after it needs a live session, but for
 * the routes that are opened by name, as with Rails' `allow_unauthenticated_access`.
 *
 * A name is a method and a path, `GET /welcome`, and opens only what is spelled exactly so. There
 * nobody is logged in, and `c.var` holds neither session nor user.
 */
export function protect(
  auth: Auth,
  { allowUnauthenticated = [] }: { allowUnauthenticated?: readonly string[] } = {},
): MiddlewareHandler<Protected> {
  const opened = new Set(allowUnauthenticated)
  return async (context, next) => {
    if (opened.has(`${context.req.method} ${context.req.path}`)) return next()
    const authenticated = await authenticateRequest(auth, context.req.raw)
    if (isRefusal(authenticated)) return toResponse(authenticated, bareEnvelope())
    context.set('session', authenticated.session)
    context.set('user', authenticated.user)
    return runAs(authenticated, next)
  }
}
