// What the verbs here promise is written in verbs/counts.ts.
import type { Client } from './client.ts'
import type { Configuration } from './config.ts'
import { parseEmailAddress } from './email-address.ts'
import { type Bucket, bucketsBy, failuresKey } from './guard/buckets.ts'
import {
  type Counted,
  type GuardedAct,
  guardedActs,
  type PasswordAct,
  passwordActs,
  passwordLimits,
} from './guard/limits.ts'
import { networkOf } from './guard/network.ts'
import type { RateLimit } from './guard/rate-limit.ts'
import { perform } from './unit-of-work.ts'

/** Whose attempts: `account` is a typed email address or the id of a user. */
export type CountedSubject = { readonly account: string } | { readonly ipAddress: string }

/** How often something was tried within the current window. */
export interface Count {
  readonly act: GuardedAct
  readonly by: Counted
  readonly limit: RateLimit
  readonly count: number
  /** When the next attempt is admitted, or the count is forgotten; null if only a password reset ends it. */
  readonly endsAt: Date | null
}

export async function listCounts(config: Configuration, subject: CountedSubject): Promise<Count[]> {
  const { buckets, failures } = await keysOf(config, subject)
  const now = config.clock()
  const found = await config.store.findCounts(buckets.map(({ key }) => key))
  const windows = found.flatMap(({ key, count, endsAt }) => {
    const bucket = buckets.find((each) => each.key === key)
    return bucket && endsAt > now ? [{ ...bucket, count, endsAt }] : []
  })
  const failed = await Promise.all(
    failures.map(async ({ act, key }) => ({
      act,
      found: await config.store.findFailedAttempts(key),
    })),
  )
  const failing = failed.flatMap(({ act, found }): Count[] => {
    if (!found || (found.expiresAt !== null && found.expiresAt <= now)) return []
    const { count, expiresAt, blockedUntil } = found
    const endsAt = expiresAt && (blockedUntil > now ? blockedUntil : expiresAt)
    return [{ act, by: 'account', limit: passwordLimits.failures, count, endsAt }]
  })
  return [...windows.map(({ key: _key, ...count }) => count), ...failing]
}

export async function clearCounts(
  config: Configuration,
  subject: CountedSubject,
  client: Client,
): Promise<void> {
  const { buckets, failures, userId } = await keysOf(config, subject)
  await perform(config, client, async (unit, transaction) => {
    await transaction.deleteCounts(buckets.map(({ key }) => key))
    await transaction.deleteFailedAttempts(failures.map(({ key }) => key))
    if (userId) await unit.record({ name: 'user_updated', userId, detail: 'limits_cleared' })
  })
}

type CountedBucket = Bucket & Pick<Count, 'act'>

interface Keys {
  readonly buckets: readonly CountedBucket[]
  readonly failures: readonly { readonly act: PasswordAct; readonly key: string }[]
  readonly userId: string | null
}

async function keysOf(config: Configuration, subject: CountedSubject): Promise<Keys> {
  if ('ipAddress' in subject) {
    const network = networkOf(subject.ipAddress)
    const buckets = guardedActs.flatMap((act) =>
      bucketsBy('address', act, network).map((bucket) => ({ act, ...bucket })),
    )
    return { buckets, failures: [], userId: null }
  }
  const { accounts, userId } = await namesOf(config, subject.account)
  return {
    buckets: guardedActs.flatMap((act) =>
      accounts.flatMap((account) =>
        bucketsBy('account', act, account).map((bucket) => ({ act, ...bucket })),
      ),
    ),
    failures: passwordActs.flatMap((act) =>
      accounts.map((account) => ({ act, key: failuresKey(act, account) })),
    ),
    userId,
  }
}

// A user is counted under the typed address at log-in, and under the id while logged in.
async function namesOf(
  config: Configuration,
  account: string,
): Promise<{ accounts: string[]; userId: string | null }> {
  const emailAddress = parseEmailAddress(account)
  if (!emailAddress) {
    const user = await config.store.findUser(account)
    return user
      ? { accounts: [user.id, user.emailAddress], userId: user.id }
      : { accounts: [account], userId: null }
  }
  const known = await config.store.findCredentials(emailAddress)
  return known
    ? { accounts: [emailAddress, known.user.id], userId: known.user.id }
    : { accounts: [emailAddress], userId: null }
}
