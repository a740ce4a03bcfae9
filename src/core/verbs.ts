import type { Configuration } from './config.ts'
import type { AccessTokenVerbs } from './verbs/access-tokens.ts'
import type { ApiKeyVerbs } from './verbs/api-keys.ts'
import type { CountVerbs } from './verbs/counts.ts'
import type { EmailVerificationVerbs } from './verbs/email-verifications.ts'
import type { EventVerbs } from './verbs/events.ts'
import type { PasswordVerbs } from './verbs/passwords.ts'
import type { SessionVerbs } from './verbs/sessions.ts'
import type { UserVerbs } from './verbs/users.ts'

/**
 * The verbs of Latchkey, bound to one configuration. Their contract is written here and in `verbs/`, and only here: the
 * functions that do the work, in the files of the same names one folder up, say how and why.
 *
 * Every verb that asks the database throws `AuthError` `unavailable` if it cannot be reached.
 */
export interface Auth
  extends UserVerbs,
    SessionVerbs,
    PasswordVerbs,
    EmailVerificationVerbs,
    ApiKeyVerbs,
    AccessTokenVerbs,
    CountVerbs,
    EventVerbs {
  readonly config: Configuration
  /**
   * Revokes every mailed link: password resets, address verifications and changes, and unconfirmed sign-ups.
   *
   * @throws AuthError `unavailable`, possibly after some of them were revoked: call it again for the rest
   */
  revokeOneTimeTokens(): Promise<void>
  /**
   * Calls the listener after each commit that queued a message: for the outbox of this process.
   *
   * @returns a function that stops it
   */
  onMessageQueued(listener: () => void): () => void
  /**
   * Writes now what is otherwise written up to a second later: when sessions and API keys were last used, and
   * refused attempts. Call it before the process ends.
   */
  flush(): Promise<void>
}
