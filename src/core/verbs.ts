import type { Configuration } from './config.ts'
import type { AccessTokenVerbs } from './verbs/access-tokens.ts'
import type { ApiKeyVerbs } from './verbs/api-keys.ts'
import type { CountVerbs } from './verbs/counts.ts'
import type { EmailVerificationVerbs } from './verbs/email-verifications.ts'
import type { EventVerbs } from './verbs/events.ts'
import type { PasswordVerbs } from './verbs/passwords.ts'
import type { SessionVerbs } from './verbs/sessions.ts'
import type { UserVerbs } from './verbs/users.ts'

/** The verbs of Latchkey, bound to one configuration. */
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
   * Ends every mailed link: resets, proofs and changes of an address, and sign-ups that nobody has
   * confirmed.
   *
   * @throws AuthError `unavailable`, perhaps with some of them ended: call it again for the rest
   */
  revokeOneTimeTokens(): Promise<void>
  /**
   * Calls back after each commit that queued a message: for the outbox of this process.
   *
   * @returns what stops it
   */
  onMessageQueued(listener: () => void): () => void
  /**
   * Writes at once what otherwise waits for a second: when sessions and API keys were last used,
   * and refused attempts.
   */
  flush(): Promise<void>
}
