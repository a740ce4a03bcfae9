import type { User } from './entities.ts'
import { AuthError } from './errors.ts'
import { currentAllowances } from './guard/allowances.ts'
import {
  type Bucket,
  bucketsOf,
  failuresKey,
  failuresKeysOf,
  type GuardedAttempt,
} from './guard/buckets.ts'
import { countFailedAttempt, takeBackFailedAttempt } from './guard/failed-attempts.ts'
import { FullCounts, isRecent } from './guard/full-counts.ts'
import type { GuardCount, GuardStore, GuardWindow } from './guard/guard-store.ts'
import { type GuardedAct, type PasswordAct, passwordLimits } from './guard/limits.ts'
import type { WindowLimit } from './guard/rate-limit.ts'
import { Spraying } from './guard/spraying.ts'
import { Turns } from './guard/turns.ts'
import type { Secret } from './secret.ts'
import type { StoreTransaction } from './store-transaction.ts'

/** A try at a password, which is counted before it is verified. */
export interface PasswordAttempt {
  /** Whether the hundred tries before it failed: then it must fail too, even with the right password. */
  readonly isStopped: boolean
  /** Whether it is the hundredth in a row: from the next one on, tries are stopped. */
  readonly isLast: boolean
  /** Clears the failures. Until this is called, the try itself counts as failed. */
  succeed(transaction: FailedAttemptsStatements): Promise<void>
  /** Runs `work`, which verifies the password. If it throws, the try is not counted. */
  verify<T>(work: () => Promise<T>): Promise<T>
}

type FailedAttemptsStatements = Pick<StoreTransaction, 'deleteFailedAttempts'>

/**
 * Refuses attempts that come too often, before anything is looked up or hashed. `limits` has the limits of
 * each act per account and per address, `passwordLimits` those on tries at passwords.
 */
export class Guard {
  readonly #store: GuardStore
  readonly #clock: () => Date
  readonly #full = new FullCounts()
  readonly #spraying = new Spraying()
  readonly #turns = new Turns()

  constructor(store: GuardStore, clock: () => Date) {
    this.#store = store
    this.#clock = clock
  }

  /**
   * Counts an attempt, and refuses it if it is one too many.
   *
   * SECURITY: the count is committed before the attempt goes on: fifty concurrent guesses are fifty counts, and none
   * is lost if what follows is rolled back.
   *
   * @throws AuthError `rate_limited` with the seconds to wait, `unavailable`
   */
  async count(act: GuardedAct, attempt: GuardedAttempt): Promise<void> {
    const now = this.#clock()
    const buckets = bucketsOf(act, attempt)
    await this.#refuseFull(buckets, now)
    const windows = buckets.map((bucket) => windowOf(bucket, now))
    const counts = windows.length > 0 ? await this.#store.count(windows, now) : []
    const counted = buckets.flatMap((bucket) => {
      const count = counts.find(({ key }) => key === bucket.key)
      return count ? [{ ...bucket, count }] : []
    })
    const full = counted.filter(({ count, limit }) => count.count >= limit.attempts)
    for (const { count } of full) this.#full.remember(count, now)
    // If one count is over its limit and another just full, the one that ends last says how long to wait.
    if (counted.some(({ count, limit }) => count.count > limit.attempts)) refuse(full, now)
    for (const each of counted) if (mayBeSaid(each, act)) noteAllowance(each, now)
  }

  /**
   * Refuses an attempt that this process knows to be over a limit, without a query and without counting it.
   *
   * @throws AuthError `rate_limited`
   */
  refuseKnown(act: GuardedAct, attempt: GuardedAttempt): void {
    const now = this.#clock()
    const remembered = this.#full.among(bucketsOf(act, attempt))
    if (remembered.every((full) => isRecent(full, now))) refuse(remembered, now)
  }

  /**
   * Counts a try at a password, in addition to `count`: as a failure of the account, and as one more account on which
   * this password is tried.
   *
   * @throws AuthError `rate_limited` with the seconds to wait, `unavailable`
   */
  async tryPassword(
    act: PasswordAct,
    { account, password }: { account: string; password: Secret },
  ): Promise<PasswordAttempt> {
    const key = failuresKey(act, account)
    this.#spraying.requireFew(password, account, this.#clock())
    // One try at a time within this process: two hundred concurrent ones would overtake each other, and query the
    // database thousands of times.
    const before = await this.#turns.take(key, () =>
      countFailedAttempt(this.#store, key, this.#clock),
    )
    // If the store is unavailable, the count stays; the error that led here is the one that is reported.
    const takeBack = () =>
      this.#turns
        .take(key, () => takeBackFailedAttempt(this.#store, key, this.#clock))
        .catch(() => {})
    const tried = await this.#noteTried(password, account, takeBack)
    return {
      isStopped: before >= passwordLimits.stoppedAfter,
      isLast: before + 1 === passwordLimits.stoppedAfter,
      async succeed(transaction) {
        tried.forgive()
        await transaction.deleteFailedAttempts([key])
      },
      async verify(work) {
        try {
          return await work()
        } catch (error) {
          tried.forgive()
          await takeBack()
          throw error
        }
      },
    }
  }

  /** For a user with a new password or address: earlier failures no longer count. */
  async recover(transaction: FailedAttemptsStatements, user: User): Promise<void> {
    await transaction.deleteFailedAttempts(failuresKeysOf(user))
  }

  // Checked again, since the same password may have been tried on other accounts meanwhile. A refused try is not
  // counted as a failure.
  async #noteTried(password: Secret, account: string, takeBack: () => Promise<void>) {
    try {
      return this.#spraying.note(password, account, this.#clock())
    } catch (error) {
      await takeBack()
      throw error
    }
  }

  async #refuseFull(buckets: readonly Bucket[], now: Date): Promise<void> {
    const remembered = this.#full.among(buckets)
    if (remembered.length === 0) return
    if (remembered.every((full) => isRecent(full, now))) return refuse(remembered, now)
    // An operator may have cleared the count.
    const counts = await this.#store.findCounts(remembered.map(({ key }) => key))
    const full = remembered.flatMap((bucket) => {
      const count = counts.find(({ key }) => key === bucket.key)
      if (count && count.count >= bucket.limit.attempts) return [{ ...bucket, count }]
      this.#full.forget(bucket.key)
      return []
    })
    for (const { count } of full) this.#full.remember(count, now)
    refuse(full, now)
  }
}

interface CountedBucket extends Bucket {
  readonly count: GuardCount
}

// A count that ends later than a window that begins now comes from a wrong clock, and refuses nobody.
function refuse(full: readonly CountedBucket[], now: Date): void {
  const [last] = full
    .filter(({ count, limit }) => count.endsAt > now && count.endsAt <= end(limit, now))
    .toSorted((one, other) => other.count.endsAt.getTime() - one.count.endsAt.getTime())
  if (!last) return
  const retryAfterSeconds = secondsUntil(last.count.endsAt, now)
  throw new AuthError('rate_limited', { retryAfterSeconds, limit: last.limit })
}

// SECURITY: whoever types an address must not learn how often others did: it would reveal when the owner requests a
// link. What one's own session did may be revealed.
function mayBeSaid({ by }: Bucket, act: GuardedAct): boolean {
  return by !== 'account' || ownActs.has(act)
}

const ownActs: ReadonlySet<GuardedAct> = new Set(['api_key', 'session_token', 'access_token'])

function noteAllowance({ limit, count: { count, endsAt } }: CountedBucket, now: Date): void {
  const remaining = Math.max(0, limit.attempts - count)
  currentAllowances()?.note({ limit, remaining, resetSeconds: secondsUntil(endsAt, now) })
}

function windowOf({ key, limit }: Bucket, now: Date): GuardWindow {
  return { key, attempts: 1, maximum: limit.attempts, endsAt: end(limit, now) }
}

function end({ windowSeconds }: WindowLimit, now: Date): Date {
  return new Date(now.getTime() + windowSeconds * 1_000)
}

function secondsUntil(instant: Date, now: Date): number {
  return Math.ceil((instant.getTime() - now.getTime()) / 1_000)
}
