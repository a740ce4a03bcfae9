import type { Auth } from '../core/auth.ts'
import { runAs } from '../core/current.ts'
import type { Authenticated } from '../core/entities.ts'
import { AuthError } from '../core/errors.ts'
import { Admission, type AdmissionOptions, presentRefusal } from './admission.ts'
import { toResponse } from './answers.ts'
import { isRefusal } from './problems.ts'
import type { RequestHead } from './request-like.ts'

/** Your handler: it gets the request, who asks, and whatever else its server passes. */
type Handle<Rest extends readonly unknown[]> = (
  request: Request,
  authenticated: Authenticated,
  ...rest: Rest
) => Response | Promise<Response>

/** Guards the handlers of a server that speaks `Request` and `Response`. */
export interface Gate {
  /** Calls the handler for the holder of a session; anybody else gets the refusal. */
  protect<Rest extends readonly unknown[]>(
    handle: Handle<Rest>,
  ): (request: Request, ...rest: Rest) => Promise<Response>
  /**
   * Who asks, for a page that decides itself what others see; null for nobody.
   *
   * @throws AuthError `unavailable` while the database is away
   */
  find(request: RequestHead): Promise<Authenticated | null>
}

/**
 * Guards routes of your own where no framework has middleware to close them: wrap each handler in `protect`.
 *
 * The session may also be in the cookie that `createApp` sets in the same `mode`.
 *
 * @throws RangeError for an invalid origin
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
      // SECURITY: a user whom the database cannot look up must not seem to be logged out.
      if (found.status === 503) throw new AuthError('unavailable')
      return null
    },
  }
}
