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
   * Ends every link that is in a mail: resets, proofs and changes of an address, and sign-ups that
   * nobody has confirmed.
   *
   * @throws AuthError `unavailable`, with some of them ended: asked again, it ends the others
   */
  revokeOneTimeTokens(): Promise<void>
  /**
   * Calls back after each commit that queued a message: for the outbox of this process.
   *
   * @returns what ends that
   */
  onMessageQueued(listener: () => void): () => void
  /**
   * Writes at once what is otherwise written a second later: when sessions and API keys were last used, and who
   * was refused.
   */
  flush(): Promise<void>
}
