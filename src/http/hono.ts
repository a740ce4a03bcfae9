import type { MiddlewareHandler } from 'hono'
import type { Auth } from '../core/auth.ts'
import { runAs } from '../core/current.ts'
import type { Authenticated } from '../core/entities.ts'
import { AuthError } from '../core/errors.ts'
import { bareEnvelope, present, requestIdOf, toResponse } from './answers.ts'
import { authenticateRequest } from './bearer.ts'
import { type CookieOptions, type SessionCookie, sessionCookie } from './cookie.ts'
import { refusalOf } from './errors.ts'
import { isRefusal, type Refusal } from './problems.ts'

/** What `protect` puts into the context: `c.var.session`, `c.var.user`. */
export interface Protected {
  Variables: Authenticated
}

/** What `protect` may be told. */
export interface ProtectOptions extends Pick<CookieOptions, 'corsOrigins' | 'mode'> {
  readonly allowUnauthenticated?: readonly string[]
}

/**
 * Middleware for your own Hono app: everything registered after it needs a live session, but for
 * the routes that are opened by name, as with Rails' `allow_unauthenticated_access`.
 *
 * A name is a method and a path, `GET /welcome`, and opens only what is spelled exactly so. There
 * nobody is logged in, and `c.var` holds neither session nor user.
 *
 * A session may also be in the cookie that `createApp` sets, in the same `mode` as there: what is not
 * GET, HEAD or OPTIONS then has to come from a page of this origin, or of one in `corsOrigins`.
 *
 * @throws RangeError for a name with a pattern in it, which would open nothing, and for an origin that
 *   is none
 */
export function protect(auth: Auth, options: ProtectOptions = {}): MiddlewareHandler<Protected> {
  const opened = new Set(options.allowUnauthenticated?.map(requireExact))
  const cookie = sessionCookie(options)
  return async (context, next) => {
    // Whoever may GET may ask for the headers alone.
    const method = context.req.method === 'HEAD' ? 'GET' : context.req.method
    if (opened.has(`${method} ${context.req.path}`)) return next()
    const authenticated = await authenticate(auth, context.req.raw, cookie)
    if (isRefusal(authenticated)) {
      const envelope = bareEnvelope(requestIdOf(context.req.raw.headers))
      return toResponse(present(authenticated, envelope))
    }
    context.set('session', authenticated.session)
    context.set('user', authenticated.user)
    return runAs({ ...authenticated, apiKey: null }, next)
  }
}

function requireExact(name: string): string {
  if (/^[A-Z]+ \/[^:*]*$/.test(name)) return name
  throw new RangeError(`Open a route by method and path without patterns, not ${name}`)
}

// What Latchkey's own routes answer while the database is away, and not the app's 500.
async function authenticate(
  auth: Auth,
  request: Request,
  cookie: SessionCookie,
): Promise<Authenticated | Refusal> {
  try {
    return await authenticateRequest({ auth, request, cookie })
  } catch (error) {
    if (error instanceof AuthError) return refusalOf(error, auth.config.passwords)
    throw error
  }
}
