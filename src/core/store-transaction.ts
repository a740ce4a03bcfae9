import type { Connection } from './connection.ts'
import type { AccessTokenStatements } from './statements/access-tokens.ts'
import type { ApiKeyStatements } from './statements/api-keys.ts'
import type { EmailVerificationStatements } from './statements/email-verifications.ts'
import type { EventStatements } from './statements/events.ts'
import type { GuardStatements } from './statements/guard.ts'
import type { OneTimeTokenStatements } from './statements/one-time-tokens.ts'
import type { OutboxStatements } from './statements/outbox.ts'
import type { PasswordResetStatements } from './statements/password-resets.ts'
import type { RegistrationStatements } from './statements/registrations.ts'
import type { SessionStatements } from './statements/sessions.ts'
import type { UserStatements } from './statements/users.ts'

/** The statements of a transaction. Other writers wait until it ends, so `work` may call nothing else. */
export interface StoreTransaction
  extends UserStatements,
    SessionStatements,
    ApiKeyStatements,
    AccessTokenStatements,
    PasswordResetStatements,
    EmailVerificationStatements,
    GuardStatements,
    RegistrationStatements,
    OneTimeTokenStatements,
    OutboxStatements,
    EventStatements {
  /** The same transaction, for the application's own tables. */
  readonly connection: Connection
}
