import { inspect } from 'node:util'
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

  /** Who sends the request, if they meet the access; otherwise the refusal to answer with. */
  async admit(request: RequestHead, access: RouteAccess): Promise<Principal | Refusal> {
    return this.judge(request, access).catch((error) => this.explain(error))
  }

  /** The refusal for a caller whose session or key has ended since they were admitted; null for all others. */
  async readmit(principal: Principal, admittedAt: number): Promise<Refusal | null> {
    return refuseEnded(this.#auth, principal, admittedAt).catch((error) => this.explain(error))
  }

  /**
   * The same as `admit`, for code that tells a refusal from not being able to judge.
   *
   * @throws AuthError `rate_limited`, `unavailable`
   */
  judge(request: RequestHead, access: SessionAccess): Promise<(Authenticated & Principal) | Refusal>
  judge(request: RequestHead, access: RouteAccess): Promise<Principal | Refusal>
  async judge(request: RequestHead, access: RouteAccess): Promise<Principal | Refusal> {
    const source = { auth: this.#auth, request, cookie: this.#cookie }
    if (typeof access === 'object') {
      return authorizeRequest({ ...source, attribution: { userId: null } }, access.scope)
    }
    const found = await authenticateRequest(source)
    if (isRefusal(found)) return found
    const { session, user } = found
    if (access === 'fresh' && !this.#auth.isFresh(session)) {
      return refuse('fresh_authentication_required')
    }
    return { session, user, apiKey: null }
  }

  /** While the database is away, the answer of Latchkey's own routes, and not the app's 500. */
  explain(error: unknown): Refusal {
    if (error instanceof AuthError) return refusalOf(error, this.#auth.config.passwords)
    throw error
  }
}

/** What is thrown where the session is read of a request that came by an API key. */
export const noSessionOfKey =
  'This request came by an API key: current() has who asks, and which key'

/** A refusal in the form that is sent, under the request id that the headers may carry. */
export function presentRefusal(
  refusal: Refusal,
  { headers }: Pick<RequestHead, 'headers'>,
): Presented {
  return present(refusal, bareEnvelope(requestIdOf(headers)))
}

/**
 * The access that is among the options.
 *
 * @throws RangeError for options that hold none, since `'fresh'` alone would ask for any session, and as
 *   `requireAccess` does
 */
export function accessOf(
  options: { readonly access?: RouteAccess },
  what: string,
  auth: Auth,
): RouteAccess {
  if (Object(options) !== options) {
    throw new RangeError(
      `${what} takes options such as { access: 'fresh' } after auth, not ${inspect(options)}`,
    )
  }
  const { access = 'session' } = options
  return requireAccess(access, what, auth)
}

/**
 * Checks what somebody who is not held by types asks for: an access of another name would let in any session, and
 * a scope that no key can have would look like an opening.
 *
 * @param what whose access it is, for the message
 * @returns the access, as a copy: a scope that is written into the object later was not checked
 * @throws RangeError for an access or a scope that does not exist
 */
export function requireAccess(access: unknown, what: string, auth: Auth): RouteAccess {
  if (access === 'session' || access === 'fresh') return access
  const scope: unknown = Object(access).scope
  if (typeof scope !== 'string') {
    throw new RangeError(
      `${what} has the access ${inspect(access)}: there are 'session', 'fresh' and { scope: 'one:of-yours' }, in Fastify 'public' too`,
    )
  }
  if (auth.config.apiKeys.scopes.includes(scope)) return { scope }
  throw new RangeError(
    `${what} asks for ${scope}, which is none of the apiKeys.scopes of createAuth()`,
  )
}

/** Whether this method and path, spelled exactly so, are among the routes opened by name. */
export type IsOpened = (method: string, path: string) => boolean

/** @throws RangeError for a name with a pattern in it, which would open nothing, and for a name without a list */
export function openedBy(names: readonly string[] = []): IsOpened {
  if (!Array.isArray(names)) {
    throw new RangeError(`allowUnauthenticated is a list of names, not ${inspect(names)}`)
  }
  const opened = new Set(names.map(requireExact))
  // A HEAD is a GET without its body: opening the GET opens both.
  return (method, path) => opened.has(`${method === 'HEAD' ? 'GET' : method} ${path}`)
}

function requireExact(name: string): string {
  if (/^[A-Z]+ \/[^:*]*$/.test(name)) return name
  throw new RangeError(`Open a route by method and path without patterns, not ${name}`)
}
