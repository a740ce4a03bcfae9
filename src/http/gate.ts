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
   * @throws AuthError `unavailable` while the database is away, `rate_limited` for an API key over its limit
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
export function createGate(auth: Auth, options: GateOptions<RouteAccess>): Gate<Principal>
export function createGate(
  auth: Auth,
  options: GateOptions<RouteAccess> = {},
): Gate | Gate<Principal> {
  const access = accessOf(options, 'createGate()', auth)
  const admission = new Admission(auth, options)
  // Twice the same: the type of the access decides that of the caller.
  return typeof access === 'object'
    ? gateOf(admission, (request) => admission.judge(request, access))
    : gateOf(admission, (request) => admission.judge(request, access))
}

function gateOf<Caller extends Principal>(
  admission: Admission,
  judge: (request: RequestHead) => Promise<Caller | Refusal>,
): Gate<Caller> {
  return {
    protect:
      (handle) =>
      async (request, ...rest) => {
        const caller = await judge(request).catch((error) => admission.explain(error))
        if (isRefusal(caller)) return toResponse(presentRefusal(caller, request))
        return runAs(caller, async () => handle(request, caller, ...rest))
      },
    async find(request) {
      // SECURITY: not explained: a user who cannot be looked up must not seem to be logged out.
      const caller = await judge(request)
      return isRefusal(caller) ? null : caller
    },
  }
}
