import type { Auth } from '../core/auth.ts'
import { runAs } from '../core/current.ts'
import type { Authenticated, Principal } from '../core/entities.ts'
import { AuthError } from '../core/errors.ts'
import {
  Admission,
  type AdmissionOptions,
  presentRefusal,
  type RouteAccess,
  requireAccess,
  type ScopeAccess,
  type SessionAccess,
} from './admission.ts'
import { toResponse } from './answers.ts'
import { isRefusal, type Refusal } from './problems.ts'
import type { RequestHead } from './request-like.ts'

/** Your handler: it gets the request, who asks, and whatever else its server passes. */
type Handle<Caller, Rest extends readonly unknown[]> = (
  request: Request,
  caller: Caller,
  ...rest: Rest
) => Response | Promise<Response>

/** Guards the handlers of a server that speaks `Request` and `Response`. */
export interface Gate<Caller = Authenticated & Principal> {
  /** Calls the handler for whoever meets the access of the gate; anybody else gets the refusal. */
  protect<Rest extends readonly unknown[]>(
    handle: Handle<Caller, Rest>,
  ): (request: Request, ...rest: Rest) => Promise<Response>
  /**
   * Who asks, for a page that decides itself what others see; null for whoever does not meet the access.
   *
   * @throws AuthError `unavailable` while the database is away
   */
  find(request: RequestHead): Promise<Caller | null>
}

/** The options of `createGate`. */
export interface GateOptions<Access extends RouteAccess = SessionAccess> extends AdmissionOptions {
  /** What is required of a caller; default `session`. */
  readonly access?: Access
}

/**
 * Guards routes of your own where no framework has middleware to close them: wrap each handler in `protect`.
 * Routes that require something else of their callers have a gate of their own.
 *
 * The session may also be in the cookie that `createApp` sets in the same `mode`.
 *
 * @throws RangeError for an invalid origin, and for a scope that is not declared
 */
export function createGate(auth: Auth, options?: GateOptions): Gate
export function createGate(auth: Auth, options: GateOptions<ScopeAccess>): Gate<Principal>
export function createGate(
  auth: Auth,
  options: GateOptions<RouteAccess> = {},
): Gate | Gate<Principal> {
  const { access: wanted = 'session' } = options
  const access = requireAccess(wanted, 'createGate()', auth)
  const admission = new Admission(auth, options)
  if (typeof access === 'object') return gateOf((request) => admission.admit(request, access))
  return gateOf((request) => admission.admit(request, access))
}

function gateOf<Caller extends Principal>(
  admit: (request: RequestHead) => Promise<Caller | Refusal>,
): Gate<Caller> {
  return {
    protect:
      (handle) =>
      async (request, ...rest) => {
        const caller = await admit(request)
        if (isRefusal(caller)) return toResponse(presentRefusal(caller, request))
        return runAs(caller, async () => handle(request, caller, ...rest))
      },
    async find(request) {
      const caller = await admit(request)
      if (!isRefusal(caller)) return caller
      // SECURITY: a user whom the database cannot look up must not seem to be logged out.
      if (caller.status === 503) throw new AuthError('unavailable')
      return null
    },
  }
}
