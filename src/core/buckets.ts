import { hash } from 'node:crypto'
import type { Client } from './client.ts'
import type { User } from './entities.ts'
import { type Counted, type GuardedAct, limits } from './limits.ts'
import { networkOf } from './network.ts'
import type { WindowLimit } from './rate-limit.ts'

/** Who tries, and on whom. */
export interface GuardedAttempt {
  /** The address that was typed, known or unknown; of whoever is logged in, the user's id. */
  readonly account: string
  /** Where it comes from. What comes from no request counts by account alone. */
  readonly client: Client
}

/** A count in the database, and what it may reach. */
export interface Bucket {
  readonly key: string
  readonly by: Counted
  readonly limit: WindowLimit
}

// In the order of `Counted`, always the same for one act: two transactions never wait for each other, and
// what is refused by address fills nobody's account.
export function bucketsOf(act: GuardedAct, { account, client }: GuardedAttempt): Bucket[] {
  const network = networkOfClient(client)
  if (network === null) return accountBuckets(act, account)
  return [
    ...addressBuckets(act, network),
    ...bucketsBy('both', act, `${account} ${network}`),
    ...accountBuckets(act, account),
  ]
}

// SECURITY: requests whose address nobody knows share one count. Without any, whoever mounted the app
// and forgot to hand the address over would have no limit on them.
function networkOfClient({ ipAddress, requestId }: Client): string | null {
  if (ipAddress !== null) return networkOf(ipAddress)
  return requestId === null ? null : 'unknown'
}

/** Every count of an act on one account. */
export function accountBuckets(act: GuardedAct, account: string): Bucket[] {
  return bucketsBy('account', act, account)
}

/** Every count of an act from one network. */
export function addressBuckets(act: GuardedAct, network: string): Bucket[] {
  return bucketsBy('address', act, network)
}

function bucketsBy(by: Counted, act: GuardedAct, whom: string): Bucket[] {
  return limits[act][by].map((limit) => ({
    key: digest(`${act} ${by} ${whom} ${limit.name}`),
    by,
    limit,
  }))
}

/** Under what failures in trying a password are counted. */
export function failuresKey(act: GuardedAct, account: string): string {
  return digest(`${act} failures ${account}`)
}

/** Those of one user, at log-in and where they are logged in. */
export function failuresKeysOf({ id, emailAddress }: User): string[] {
  return [failuresKey('log_in', emailAddress), failuresKey('password_challenge', id)]
}

// A table of whoever mistyped a password is nobody's business.
function digest(text: string): string {
  return hash('sha256', text, 'base64url')
}
