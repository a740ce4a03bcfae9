import { hash } from 'node:crypto'
import type { Client } from '../client.ts'
import type { User } from '../entities.ts'
import { type Counted, type GuardedAct, limits, type PasswordAct } from './limits.ts'
import { networkOf } from './network.ts'
import type { WindowLimit } from './rate-limit.ts'

/** An attempt: on which account, and from where. */
export interface GuardedAttempt {
  /** The typed email address, known or unknown; if somebody is logged in, the id of the user. */
  readonly account: string
  /** Where the attempt comes from. Without a request, it is only counted by account. */
  readonly client: Client
}

/** A count in the database, and its limit. */
export interface Bucket {
  readonly key: string
  readonly by: Counted
  readonly limit: WindowLimit
}

// Always in the same order: so two transactions never deadlock, and an attempt that is refused by address does not
// count against the account.
export function bucketsOf(act: GuardedAct, { account, client }: GuardedAttempt): Bucket[] {
  const network = networkOfClient(client)
  if (network === null) return bucketsBy('account', act, account)
  return [
    ...bucketsBy('address', act, network),
    ...bucketsBy('both', act, `${account} ${network}`),
    ...bucketsBy('account', act, account),
  ]
}

// SECURITY: all requests without a known IP address share one count. Otherwise nothing would limit them if a server
// does not pass the address to the app.
function networkOfClient({ ipAddress, requestId }: Client): string | null {
  if (ipAddress !== null) return networkOf(ipAddress)
  return requestId === null ? null : 'unknown'
}

/** The counts of an act for one account, one network, or both. */
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

// Hashed, so that the table does not reveal who mistyped a password.
function digest(text: string): string {
  return hash('sha256', text, 'base64url')
}
