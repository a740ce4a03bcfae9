import { z } from 'zod'
import type { Authenticated } from '../core/entities.ts'
import type { Submission } from './exchange.ts'
import { passwordChallengeField } from './fields.ts'
import { describeProblem } from './messages.ts'
import { type Refusal, refuse } from './problems.ts'

/**
 * Admits a session to a sensitive route if its password was verified within 10 minutes, or is right in the body. A
 * password that is sent is verified even if the session is fresh.
 */
export function admitFresh({ session, user }: Authenticated) {
  return async ({ auth, client, input }: Submission<unknown>): Promise<Refusal | null> => {
    const { password_challenge: challenge } = input
    if (challenge === undefined) {
      return auth.isFresh(session) ? null : refuse('fresh_authentication_required')
    }
    if (typeof challenge !== 'string') return refuseChallenge('invalid_type', 'must be a string')
    const isRight = await auth.verifyPassword(user, challenge, client)
    return isRight ? null : wrongChallenge
  }
}

/**
 * The body of a sensitive route that takes nothing else. Without a schema the body would not be read, and the
 * password in it would be ignored. The handler gets nothing of it.
 */
export const challengeBody = z
  .object({ password_challenge: passwordChallengeField.optional() })
  .transform(() => undefined)

function refuseChallenge(code: string, words: string): Refusal {
  const problem = describeProblem('password_challenge', code, words)
  return refuse('validation_failed', { problems: [problem] })
}

/** The refusal for a wrong password, in Rails' words. */
export const wrongChallenge = refuseChallenge('invalid', 'is invalid')
