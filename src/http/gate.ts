import type { Auth } from '../core/auth.ts'
import { runAs } from '../core/current.ts'
import type { Authenticated } from '../core/entities.ts'
import { AuthError } from '../core/errors.ts'
import { Admission, type AdmissionOptions, presentRefusal } from './admission.ts'
import { toResponse } from './answers.ts'
import { isRefusal } from './problems.ts'
import type { RequestHead } from './request-like.ts'

/** A handler of yours that is given who asks, and behind that whatever else its server passes. */
type Handle<Rest extends readonly unknown[]> = (
  request: Request,
  authenticated: Authenticated,
  ...rest: Rest
) => Response | Promise<Response>

/** What stands before the handlers of a server that speaks `Request` and `Response`. */
export interface Gate {
  /** The handler, for whoever holds a session; others get the refusal, and it is not called. */
  protect<Rest extends readonly unknown[]>(
    handle: Handle<Rest>,
  ): (request: Request, ...rest: Rest) => Promise<Response>
  /**
   * Who asks, where a page of yours says itself what others see: null for nobody.
   *
   * @throws AuthError `unavailable` while the database is away
   */
  find(request: RequestHead): Promise<Authenticated | null>
}

/**
 * For routes of your own where there is no framework whose middleware would close them: `protect` goes
 * around each.
 *
 * A session may also be in the cookie that `createApp` sets, in the same `mode` as there.
 *
 * @throws RangeError for an origin that is none
 */
export function createGate(auth: Auth, options: AdmissionOptions = {}): Gate {
  const admission = new Admission(auth, options)
  return {
    protect:
      (handle) =>
      async (request, ...rest) => {
        const found = await admission.authenticate(request)
        if (isRefusal(found)) return toResponse(presentRefusal(found, request))
        const { session, user } = found
        return runAs({ session, user, apiKey: null }, async () =>
          handle(request, { session, user }, ...rest),
        )
      },
    async find(request) {
      const found = await admission.authenticate(request)
      if (!isRefusal(found)) return { session: found.session, user: found.user }
      // SECURITY: that nobody could be asked is not to look like somebody who is not logged in.
      if (found.status === 503) throw new AuthError('unavailable')
      return null
    },
  }
}
