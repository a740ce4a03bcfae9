import type { MiddlewareHandler } from 'hono'
import type { Auth } from '../core/auth.ts'
import { runAs } from '../core/current.ts'
import type { Authenticated } from '../core/entities.ts'
import { AuthError } from '../core/errors.ts'
import { bareEnvelope, present, requestIdOf, toResponse } from './answers.ts'
import { authenticateRequest } from './bearer.ts'
import { refusalOf } from './errors.ts'
import { isRefusal, type Refusal } from './problems.ts'

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
 *
 * @throws RangeError for a name with a pattern in it, which would open nothing
 */
export function protect(
  auth: Auth,
  { allowUnauthenticated = [] }: { allowUnauthenticated?: readonly string[] } = {},
): MiddlewareHandler<Protected> {
  const opened = new Set(allowUnauthenticated.map(requireExact))
  return async (context, next) => {
    // Whoever may GET may ask for the headers alone.
    const method = context.req.method === 'HEAD' ? 'GET' : context.req.method
    if (opened.has(`${method} ${context.req.path}`)) return next()
    const authenticated = await authenticate(auth, context.req.raw)
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
async function authenticate(auth: Auth, request: Request): Promise<Authenticated | Refusal> {
  try {
    return await authenticateRequest(auth, request)
  } catch (error) {
    if (error instanceof AuthError) return refusalOf(error, auth.config.passwords)
    throw error
  }
}
