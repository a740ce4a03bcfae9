import type { Auth } from '../core/auth.ts'
import type { Authenticated, Principal } from '../core/entities.ts'
import { AuthError } from '../core/errors.ts'
import { bareEnvelope, type Presented, present, requestIdOf } from './answers.ts'
import { authenticateRequest, authorizeRequest } from './bearer.ts'
import { type CookieOptions, type SessionCookie, sessionCookie } from './cookie.ts'
import { refusalOf } from './errors.ts'
import { refuseEnded } from './late-body.ts'
import { isRefusal, type Refusal, refuse } from './problems.ts'
import type { RequestHead } from './request-like.ts'

/** Which cookie may carry a session, and whose pages may act by it: as for `createApp`. */
export type AdmissionOptions = Pick<CookieOptions, 'corsOrigins' | 'mode'>

/** The options of `protect` for Hono and for Express. */
export interface ProtectOptions<Access extends RouteAccess = SessionAccess>
  extends AdmissionOptions {
  /** Routes that are open to everybody, each a method and a path, `GET /welcome`; default none. */
  readonly allowUnauthenticated?: readonly string[]
  /** What all other routes require; default `session`. */
  readonly access?: Access
}

/**
 * What an application's route requires of its caller. `session`: the holder of a live session. `fresh`: one
 * whose password was verified within ten minutes. A scope: a session, or an API key that has it.
 */
export type RouteAccess = SessionAccess | ScopeAccess

export type SessionAccess = 'session' | 'fresh'

export interface ScopeAccess {
  /** One of `apiKeys.scopes`. */
  readonly scope: string
}

/** Decides who may use an application's own routes, whichever server framework they are in. */
export class Admission {
  readonly #auth: Auth
  readonly #cookie: SessionCookie

  /** @throws RangeError for an invalid origin */
  constructor(auth: Auth, options: AdmissionOptions) {
    this.#auth = auth
    this.#cookie = sessionCookie(options)
  }

  /** The holder of the session that the request carries, or the refusal to answer with. */
  async authenticate(request: RequestHead): Promise<Authenticated | Refusal> {
    try {
      return await authenticateRequest({ auth: this.#auth, request, cookie: this.#cookie })
    } catch (error) {
      return this.#explain(error)
    }
  }

  /** The same for routes that require a fresh session, or that also accept an API key with a scope. */
  admit(request: RequestHead, access: SessionAccess): Promise<(Authenticated & Principal) | Refusal>
  admit(request: RequestHead, access: RouteAccess): Promise<Principal | Refusal>
  async admit(request: RequestHead, access: RouteAccess): Promise<Principal | Refusal> {
    if (typeof access === 'object') return this.#authorize(request, access.scope)
    const found = await this.authenticate(request)
    if (isRefusal(found)) return found
    const { session, user } = found
    if (access === 'fresh' && !this.#auth.isFresh(session)) {
      return refuse('fresh_authentication_required')
    }
    return { session, user, apiKey: null }
  }

  /** The refusal for a caller whose session or key has ended since they were admitted; null for all others. */
  async readmit(principal: Principal, admittedAt: number): Promise<Refusal | null> {
    try {
      return await refuseEnded(this.#auth, principal, admittedAt)
    } catch (error) {
      return this.#explain(error)
    }
  }

  async #authorize(request: RequestHead, scope: string): Promise<Principal | Refusal> {
    const context = {
      auth: this.#auth,
      request,
      cookie: this.#cookie,
      attribution: { userId: null },
    }
    try {
      return await authorizeRequest(context, scope)
    } catch (error) {
      return this.#explain(error)
    }
  }

  // While the database is away, answer as Latchkey's own routes do, and not with the app's 500.
  #explain(error: unknown): Refusal {
    if (error instanceof AuthError) return refusalOf(error, this.#auth.config.passwords)
    throw error
  }
}

/** A refusal in the form that is sent, under the request id that the headers may carry. */
export function presentRefusal(
  refusal: Refusal,
  { headers }: Pick<RequestHead, 'headers'>,
): Presented {
  return present(refusal, bareEnvelope(requestIdOf(headers)))
}

/**
 * Checks what somebody who is not held by types asks for: an access of another name would close the route to
 * everybody, and a scope that no key can have would look like an opening.
 *
 * @param what whose access it is, for the message
 * @returns the access, as a copy: a scope that is written into the object later was not checked
 * @throws RangeError for an access or a scope that does not exist
 */
export function requireAccess(access: unknown, what: string, auth: Auth): RouteAccess {
  if (access === 'session' || access === 'fresh') return access
  const scope: unknown = Object(access).scope
  if (typeof scope !== 'string') {
    throw new RangeError(`${what} has the access ${String(access)}: there is none of that name`)
  }
  if (auth.config.apiKeys.scopes.includes(scope)) return { scope }
  throw new RangeError(
    `${what} asks for ${scope}, which is none of the apiKeys.scopes of createAuth()`,
  )
}

/** Whether this method and path, spelled exactly so, are among the routes opened by name. */
export type IsOpened = (method: string, path: string) => boolean

/** @throws RangeError for a name with a pattern in it, which would open nothing */
export function openedBy(names: readonly string[] = []): IsOpened {
  const opened = new Set(names.map(requireExact))
  // A HEAD is a GET without its body: opening the GET opens both.
  return (method, path) => opened.has(`${method === 'HEAD' ? 'GET' : method} ${path}`)
}

function requireExact(name: string): string {
  if (/^[A-Z]+ \/[^:*]*$/.test(name)) return name
  throw new RangeError(`Open a route by method and path without patterns, not ${name}`)
}
