import { accessTokensContract } from './store-contract/access-tokens.ts'
import { apiKeysContract } from './store-contract/api-keys.ts'
import type { StoreContract } from './store-contract/contract.ts'
import { devicesContract } from './store-contract/devices.ts'
import { emailVerificationsContract } from './store-contract/email-verifications.ts'
import { eventsContract } from './store-contract/events.ts'
import { failedAttemptsContract } from './store-contract/failed-attempts.ts'
import { guardContract } from './store-contract/guard.ts'
import { oneTimeTokensContract } from './store-contract/one-time-tokens.ts'
import { outboxContract } from './store-contract/outbox.ts'
import { outboxAttemptsContract } from './store-contract/outbox-attempts.ts'
import { passwordResetsContract } from './store-contract/password-resets.ts'
import { registrationsContract } from './store-contract/registrations.ts'
import { sessionsContract } from './store-contract/sessions.ts'
import { signingKeysContract } from './store-contract/signing-keys.ts'
import { sweepContract } from './store-contract/sweep.ts'
import { transactionsContract } from './store-contract/transactions.ts'
import { usersContract } from './store-contract/users.ts'

export type { StoreContract } from './store-contract/contract.ts'

/** Declares what every store must do, as tests with plain names. */
export function runStoreContract(contract: StoreContract): void {
  transactionsContract(contract)
  usersContract(contract)
  sessionsContract(contract)
  devicesContract(contract)
  apiKeysContract(contract)
  accessTokensContract(contract)
  signingKeysContract(contract)
  passwordResetsContract(contract)
  emailVerificationsContract(contract)
  registrationsContract(contract)
  oneTimeTokensContract(contract)
  outboxContract(contract)
  outboxAttemptsContract(contract)
  eventsContract(contract)
  guardContract(contract)
  failedAttemptsContract(contract)
  sweepContract(contract)
}
