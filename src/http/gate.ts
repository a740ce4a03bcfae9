import type { Auth } from '../core/auth.ts'
import { runAs } from '../core/current.ts'
import type { Authenticated, Principal } from '../core/entities.ts'
import {
  Admission,
  type AdmissionOptions,
  accessOf,
  presentRefusal,
  type RouteAccess,
  type SessionAccess,
} from './admission.ts'
import { toResponse } from './answers.ts'
import { isRefusal, type Refusal } from './problems.ts'
import type { RequestHead } from './request-like.ts'

/** Your handler: it gets the request, the caller, and whatever else your server passes. */
type Handle<Caller, Rest extends readonly unknown[]> = (
  request: Request,
  caller: Caller,
  ...rest: Rest
) => Response | Promise<Response>

/** Guards the handlers of a server that uses `Request` and `Response`. */
export interface Gate<Caller = Authenticated & Principal> {
  /** Wraps a handler: it is called for callers who meet the access of the gate, all others get the refusal. */
  protect<Rest extends readonly unknown[]>(
    handle: Handle<Caller, Rest>,
  ): (request: Request, ...rest: Rest) => Promise<Response>
  /**
   * The caller, or null if they do not meet the access, for a page that decides itself what others see.
   *
   * @throws AuthError `unavailable` if the database cannot be reached, `rate_limited` for an API key over its limit
   */
  find(request: RequestHead): Promise<Caller | null>
}

/** The options of `createGate`. */
export interface GateOptions<Access extends RouteAccess = SessionAccess> extends AdmissionOptions {
  /** What is required of a caller; default `session`. */
  readonly access?: Access
}

/**
 * Guards your own routes where there is no framework with middleware: wrap each handler in `protect`. Routes with
 * another access need another gate.
 *
 * The session may also be in the cookie that `createApp` sets in the same `mode`.
 *
 * @throws RangeError for an invalid origin, and for a scope that is not declared
 */
export function createGate(auth: Auth, options?: GateOptions): Gate
export function createGate(auth: Auth, options: GateOptions<RouteAccess>): Gate<Principal>
export function createGate(
  auth: Auth,
  options: GateOptions<RouteAccess> = {},
): Gate | Gate<Principal> {
  const access = accessOf(options, 'createGate()', auth)
  const admission = new Admission(auth, options)
  // The same code twice, for the compiler: the type of the access decides that of the caller.
  return typeof access === 'object'
    ? gateOf(admission, (request) => admission.decide(request, access))
    : gateOf(admission, (request) => admission.decide(request, access))
}

function gateOf<Caller extends Principal>(
  admission: Admission,
  decide: (request: RequestHead) => Promise<Caller | Refusal>,
): Gate<Caller> {
  return {
    protect:
      (handle) =>
      async (request, ...rest) => {
        const caller = await decide(request).catch((error) => admission.explain(error))
        if (isRefusal(caller)) return toResponse(presentRefusal(caller, request))
        return runAs(caller, async () => handle(request, caller, ...rest))
      },
    async find(request) {
      // SECURITY: an error is not turned into a refusal: a user who cannot be looked up must not seem to be logged out.
      const caller = await decide(request)
      return isRefusal(caller) ? null : caller
    },
  }
}
