import { hash } from 'node:crypto'
import type { Client } from '../client.ts'
import type { User } from '../entities.ts'
import { type Counted, type GuardedAct, limits, type PasswordAct } from './limits.ts'
import { networkOf } from './network.ts'
import type { WindowLimit } from './rate-limit.ts'

/** Who tries, and on whom. */
export interface GuardedAttempt {
  /** The typed address, known or unknown; for somebody logged in, the user's id. */
  readonly account: string
  /** Where it comes from. Without a request, only the account is counted. */
  readonly client: Client
}

/** A count in the database, and what it may reach. */
export interface Bucket {
  readonly key: string
  readonly by: Counted
  readonly limit: WindowLimit
}

// In the order of `Counted`, always the same for one act: two transactions never deadlock, and an
// attempt that is refused by address does not count against the account.
export function bucketsOf(act: GuardedAct, { account, client }: GuardedAttempt): Bucket[] {
  const network = networkOfClient(client)
  if (network === null) return bucketsBy('account', act, account)
  return [
    ...bucketsBy('address', act, network),
    ...bucketsBy('both', act, `${account} ${network}`),
    ...bucketsBy('account', act, account),
  ]
}

// SECURITY: all requests without a known address share one count. Otherwise nothing would limit
// them where whoever mounted the app forgot to pass the address on.
function networkOfClient({ ipAddress, requestId }: Client): string | null {
  if (ipAddress !== null) return networkOf(ipAddress)
  return requestId === null ? null : 'unknown'
}

/** Every count of an act on one account, from one network, or both. */
export function bucketsBy(by: Counted, act: GuardedAct, whom: string): Bucket[] {
  return limits[act][by].map((limit) => ({
    key: digest(`${act} ${by} ${whom} ${limit.name}`),
    by,
    limit,
  }))
}

/** The key under which failed tries at a password are counted. */
export function failuresKey(act: PasswordAct, account: string): string {
  return digest(`${act} failures ${account}`)
}

/** The keys of one user's failures, at log-in and while logged in. */
export function failuresKeysOf({ id, emailAddress }: User): string[] {
  return [failuresKey('log_in', emailAddress), failuresKey('password_challenge', id)]
}

// So that the table does not tell who mistyped a password.
function digest(text: string): string {
  return hash('sha256', text, 'base64url')
}
