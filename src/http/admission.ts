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

/** Which cookie may carry a session, and which pages may use it: the same options as for `createApp`. */
export type AdmissionOptions = Pick<CookieOptions, 'corsOrigins' | 'mode'>

/** The options of `protect` for Hono and for Express. */
export interface ProtectOptions<Access extends RouteAccess = SessionAccess>
  extends AdmissionOptions {
  /** Routes that are open to everybody, each as method and path, such as `GET /welcome`; default none. */
  readonly allowUnauthenticated?: readonly string[]
  /** What all other routes require; default `session`. */
  readonly access?: Access
}

/**
 * What a route of the application requires of its caller. `session`: a live session. `fresh`: a session whose password
 * was verified within 10 minutes. A scope: a session, or an API key that has the scope.
 */
export type RouteAccess = SessionAccess | ScopeAccess

export type SessionAccess = 'session' | 'fresh'

export interface ScopeAccess {
  /** One of `apiKeys.scopes`. */
  readonly scope: string
}

/** Decides who may use the application's own routes, in any server framework. */
export class Admission {
  readonly #auth: Auth
  readonly #cookie: SessionCookie

  /** @throws RangeError for an invalid origin */
  constructor(auth: Auth, options: AdmissionOptions) {
    this.#auth = auth
    this.#cookie = sessionCookie(options)
  }

  /** The sender of the request, or the refusal to answer with if they do not meet the access. */
  async admit(request: RequestHead, access: RouteAccess): Promise<Principal | Refusal> {
    return this.decide(request, access).catch((error) => this.explain(error))
  }

  /** The refusal for a caller whose session or key has ended since they were admitted, or null. */
  async readmit(principal: Principal, admittedAt: number): Promise<Refusal | null> {
    return refuseEnded(this.#auth, principal, admittedAt).catch((error) => this.explain(error))
  }

  /**
   * Like `admit`, but throws if it cannot decide.
   *
   * @throws AuthError `rate_limited`, `unavailable`
   */
  decide(
    request: RequestHead,
    access: SessionAccess,
  ): Promise<(Authenticated & Principal) | Refusal>
  decide(request: RequestHead, access: RouteAccess): Promise<Principal | Refusal>
  async decide(request: RequestHead, access: RouteAccess): Promise<Principal | Refusal> {
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

  /** The refusal for an `AuthError`, as Latchkey's own routes give it, so that the app does not answer 500. */
  explain(error: unknown): Refusal {
    if (error instanceof AuthError) return refusalOf(error, this.#auth.config.passwords)
    throw error
  }
}

/** The message of the error when `session` is read of a request that was authenticated by an API key. */
export const noSessionOfKey =
  'This request came by an API key: current() has who asks, and which key'

/** A refusal in the form in which it is sent, with the request id from the headers if they have one. */
export function presentRefusal(
  refusal: Refusal,
  { headers }: Pick<RequestHead, 'headers'>,
): Presented {
  return present(refusal, bareEnvelope(requestIdOf(headers)))
}

/**
 * Reads and checks the access among the options.
 *
 * @throws RangeError if the options are not an object, since a bare `'fresh'` would be ignored; and as `requireAccess`
 *   does
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
 * Checks an access that no type check may have seen: an unknown one would admit any session, and a scope that no key
 * can have is a mistake.
 *
 * @param what whose access it is, for the message
 * @returns a copy, so that nobody can change the scope after the check
 * @throws RangeError for an access or a scope that does not exist
 */
export function requireAccess(access: unknown, what: string, auth: Auth): RouteAccess {
  if (access === 'session' || access === 'fresh') return access
  const scope: unknown = Object(access).scope
  if (typeof scope !== 'string') {
    throw new RangeError(
      `${what} has the access ${inspect(access)}: use 'session', 'fresh' or { scope: 'one:of-yours' }, in Fastify also 'public'`,
    )
  }
  if (auth.config.apiKeys.scopes.includes(scope)) return { scope }
  throw new RangeError(
    `${what} requires ${scope}, which is not one of the apiKeys.scopes of createAuth()`,
  )
}

/** Whether the route with exactly this method and path is open to everybody. */
export type IsOpened = (method: string, path: string) => boolean

/** @throws RangeError if the names are not a list, or one of them contains a pattern, which would never match */
export function openedBy(names: readonly string[] = []): IsOpened {
  if (!Array.isArray(names)) {
    throw new RangeError(`allowUnauthenticated must be a list of names, not ${inspect(names)}`)
  }
  const opened = new Set(names.map(requireExact))
  // A HEAD is a GET without its body: opening the GET opens both.
  return (method, path) => opened.has(`${method === 'HEAD' ? 'GET' : method} ${path}`)
}

function requireExact(name: string): string {
  if (/^[A-Z]+ \/[^:*]*$/.test(name)) return name
  throw new RangeError(`Name an open route by method and path, without patterns, not ${name}`)
}
