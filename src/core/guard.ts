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

/** A try at a password, before it is verified. */
export interface PasswordAttempt {
  /** Whether a hundred tries before it failed: then it fails too, whatever the password is. */
  readonly isStopped: boolean
  /** Whether it is the hundredth. */
  readonly isLast: boolean
  /** The try counts as failed until this is called, which also forgets the failures before it. */
  succeed(transaction: FailedAttemptsStatements): Promise<void>
  /** Returns what `work` says of the password. Where `work` throws, the try is taken back. */
  judge<T>(work: () => Promise<T>): Promise<T>
}

type FailedAttemptsStatements = Pick<StoreTransaction, 'deleteFailedAttempts'>

/**
 * Refuses attempts that come too often, before anything is looked up or hashed: `limits` says how
 * often each act passes per account and per address, `passwordLimits` what holds for passwords.
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
   * SECURITY: the count is committed before the attempt is judged. Fifty concurrent guesses are
   * fifty counts, and none is lost when what follows is undone.
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
    // Refused by the one that ends last, where one count is over and another just full.
    if (counted.some(({ count, limit }) => count.count > limit.attempts)) refuse(full, now)
    for (const each of counted) if (mayBeSaid(each, act)) noteAllowance(each, now)
  }

  /**
   * Refuses an attempt known to be over a limit, without asking the database and without counting.
   *
   * @throws AuthError `rate_limited`
   */
  refuseKnown(act: GuardedAct, attempt: GuardedAttempt): void {
    const now = this.#clock()
    const remembered = this.#full.among(bucketsOf(act, attempt))
    if (remembered.every((full) => isRecent(full, now))) refuse(remembered, now)
  }

  /**
   * Counts a try at a password, in addition to `count`: as a failure, and as one more account on which
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
    // Within this process one try at a time writes: two hundred concurrent ones, each overtaken by
    // another, would ask the database thousands of times.
    const before = await this.#turns.take(key, () =>
      countFailedAttempt(this.#store, key, this.#clock),
    )
    // Where the count cannot be taken back it stays: the store is away, and the error itself is reported.
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
      async judge(work) {
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

  /** For a user with a new password or address: failed tries from before no longer count. */
  async recover(transaction: FailedAttemptsStatements, user: User): Promise<void> {
    await transaction.deleteFailedAttempts(failuresKeysOf(user))
  }

  // Checked again, because others may have tried the same password meanwhile: being refused is no failure.
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
    // Somebody at a console may have cleared it.
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

// A count that ends further away than a window is long got its end from a wrong clock, and refuses nobody.
function refuse(full: readonly CountedBucket[], now: Date): void {
  const [last] = full
    .filter(({ count, limit }) => count.endsAt > now && count.endsAt <= end(limit, now))
    .toSorted((one, other) => other.count.endsAt.getTime() - one.count.endsAt.getTime())
  if (!last) return
  const retryAfterSeconds = secondsUntil(last.count.endsAt, now)
  throw new AuthError('rate_limited', { retryAfterSeconds, limit: last.limit })
}

// SECURITY: whoever types an address must not learn how often others tried at its account, which
// would tell when the owner asks for a link. What one's own session did may be told.
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
