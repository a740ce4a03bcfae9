import { hash } from 'node:crypto'
import { currentAllowances } from './allowances.ts'
import type { Client } from './client.ts'
import type { User } from './entities.ts'
import { AuthError } from './errors.ts'
import { countFailedAttempt, type FailedAttemptsStore } from './failed-attempts.ts'
import { type Counted, type GuardedAct, limits, passwordLimits } from './limits.ts'
import { networkOf } from './network.ts'
import type { WindowLimit } from './rate-limit.ts'
import { Recent } from './recent.ts'
import type { Secret } from './secret.ts'
import { Spraying } from './spraying.ts'
import type { StoreTransaction } from './store-transaction.ts'
import { Turns } from './turns.ts'

/** Who tries, and on whom. */
export interface GuardedAttempt {
  /** The address that was typed, known or unknown; of whoever is logged in, the user's id. */
  readonly account: string
  /** Where it comes from. What comes from no request counts by account alone. */
  readonly client: Client
}

/** A try at a password, before it is verified. */
export interface PasswordAttempt {
  /** Whether a hundred before it failed: then it fails as well, whatever the password is. */
  readonly isStopped: boolean
  /** Whether it is the hundredth. */
  readonly isLast: boolean
  /** It counts as failed until this says that it was not, and all before it are forgotten. */
  succeed(transaction: FailedAttemptsStatements): Promise<void>
}

type FailedAttemptsStatements = Pick<StoreTransaction, 'deleteFailedAttempts'>

/** What the guard asks of a database. */
export interface GuardStore extends FailedAttemptsStore {
  /**
   * Adds to each count, in a transaction of its own that is committed when this
   * resolves. A window that has ended begins anew; one that a clock ahead of ours has put further away than
   * `endsAt` ends then, and keeps its count. The last seconds of counts may be lost in a power
   * cut, not in a crash.
   */
  count(windows: readonly GuardWindow[], now: Date): Promise<GuardCount[]>
  /** Those that there are, ended or not. */
  findCounts(keys: readonly string[]): Promise<GuardCount[]>
}

export interface GuardWindow {
  readonly key: string
  /** How many are counted at once. */
  readonly attempts: number
  /** When a window ends that begins now. */
  readonly endsAt: Date
}

export interface GuardCount {
  readonly key: string
  readonly count: number
  readonly endsAt: Date
}

/** A count in the database, and what it may reach. */
export interface Bucket {
  readonly key: string
  readonly by: Counted
  readonly limit: WindowLimit
}

// What is full is refused without a look at the database, so long, and then with a look at it and without a
// write; beyond so many, the oldest costs one again.
const rememberedMilliseconds = 5_000
const rememberedCounts = 10_000

interface Full {
  readonly count: GuardCount
  readonly rememberedUntil: number
}

/**
 * Refuses who tries too often, before anything is looked up or hashed: `limits` says how often each
 * act passes on one account and from one address, `passwordLimits` what holds for passwords.
 */
export class Guard {
  readonly #store: GuardStore
  readonly #clock: () => Date
  readonly #full = new Recent<Full>(rememberedCounts)
  readonly #spraying = new Spraying()
  readonly #turns = new Turns()

  constructor(store: GuardStore, clock: () => Date) {
    this.#store = store
    this.#clock = clock
  }

  /**
   * SECURITY: the count is committed before the attempt is judged. Fifty guesses at once are fifty
   * counts, and none is lost when what follows is undone.
   *
   * @throws AuthError `rate_limited` with the seconds to wait, `unavailable`
   */
  async count(act: GuardedAct, attempt: GuardedAttempt): Promise<void> {
    const now = this.#clock()
    const buckets = bucketsOf(act, attempt)
    await this.#refuseFull(buckets, now)
    const windows = buckets.map(({ key, limit }) => ({ key, attempts: 1, endsAt: end(limit, now) }))
    const counts = windows.length > 0 ? await this.#store.count(windows, now) : []
    const counted = buckets.flatMap((bucket) => {
      const count = counts.find(({ key }) => key === bucket.key)
      return count ? [{ ...bucket, count }] : []
    })
    const full = counted.filter(({ count, limit }) => count.count >= limit.attempts)
    for (const { key, count } of full) this.#remember(key, count, now)
    // Of several the one that ends last, where one is over and another just full.
    if (counted.some(({ count, limit }) => count.count > limit.attempts)) refuse(full, now)
    for (const each of counted) if (mayBeSaid(each, act)) noteAllowance(each, now)
  }

  /**
   * Counts a try at a password, in addition to `count`: as a failure, and as one more account on which
   * this password is tried.
   *
   * @throws AuthError `rate_limited` with the seconds to wait, `unavailable`
   */
  async tryPassword(
    act: GuardedAct,
    { account, password }: { account: string; password: Secret },
  ): Promise<PasswordAttempt> {
    const key = failuresKey(act, account)
    const tried = this.#spraying.note(password, account, this.#clock())
    // Of many at once in this process, one writes at a time: two hundred who all find that another was
    // faster would ask the database thousands of times.
    const before = await this.#turns.take(key, () =>
      countFailedAttempt(this.#store, key, this.#clock),
    )
    return {
      isStopped: before >= passwordLimits.stoppedAfter,
      isLast: before + 1 === passwordLimits.stoppedAfter,
      async succeed(transaction) {
        tried.forgive()
        await transaction.deleteFailedAttempts([key])
      },
    }
  }

  /** For a user with a new password: what was tried in vain at the old one counts no more. */
  async recover(transaction: FailedAttemptsStatements, user: User): Promise<void> {
    await transaction.deleteFailedAttempts(failuresKeysOf(user))
  }

  async #refuseFull(buckets: readonly Bucket[], now: Date): Promise<void> {
    const remembered = buckets.flatMap((bucket) => {
      const full = this.#full.get(bucket.key)
      return full ? [{ ...bucket, ...full }] : []
    })
    if (remembered.length === 0) return
    if (remembered.every((full) => isRecent(full, now))) return refuse(remembered, now)
    // Somebody at a console may have cleared it.
    const counts = await this.#store.findCounts(remembered.map(({ key }) => key))
    const full = remembered.flatMap((bucket) => {
      const count = counts.find(({ key }) => key === bucket.key)
      if (count && count.count >= bucket.limit.attempts) return [{ ...bucket, count }]
      this.#full.delete(bucket.key)
      return []
    })
    for (const { key, count } of full) this.#remember(key, count, now)
    refuse(full, now)
  }

  #remember(key: string, count: GuardCount, now: Date): void {
    this.#full.set(key, { count, rememberedUntil: now.getTime() + rememberedMilliseconds })
  }
}

function isRecent({ rememberedUntil }: Full, now: Date): boolean {
  const left = rememberedUntil - now.getTime()
  return left > 0 && left <= rememberedMilliseconds
}

interface CountedBucket extends Bucket {
  readonly count: GuardCount
}

// One that lies further away than a window was put there by a clock that was wrong.
function refuse(full: readonly CountedBucket[], now: Date): void {
  const [last] = full
    .filter(({ count, limit }) => count.endsAt > now && count.endsAt <= end(limit, now))
    .toSorted((one, other) => other.count.endsAt.getTime() - one.count.endsAt.getTime())
  if (!last) return
  const retryAfterSeconds = secondsUntil(last.count.endsAt, now)
  throw new AuthError('rate_limited', { retryAfterSeconds, limit: last.limit })
}

// SECURITY: how often others tried at an account is not for whoever types its address: it would tell
// when the owner logs in, which clears failures, or asks for a link. What one's own session does is.
function mayBeSaid({ by }: Bucket, act: GuardedAct): boolean {
  return by === 'address' || ownActs.has(act)
}

const ownActs: ReadonlySet<GuardedAct> = new Set(['password_challenge', 'api_key', 'session_token'])

function noteAllowance({ limit, count: { count, endsAt } }: CountedBucket, now: Date): void {
  const remaining = Math.max(0, limit.attempts - count)
  currentAllowances()?.note({ limit, remaining, resetSeconds: secondsUntil(endsAt, now) })
}

function end({ windowSeconds }: WindowLimit, now: Date): Date {
  return new Date(now.getTime() + windowSeconds * 1_000)
}

function secondsUntil(instant: Date, now: Date): number {
  return Math.ceil((instant.getTime() - now.getTime()) / 1_000)
}

// In one order, so that two transactions never wait for each other.
function bucketsOf(act: GuardedAct, { account, client }: GuardedAttempt): Bucket[] {
  const network = networkOfClient(client)
  const byAccount = accountBuckets(act, account)
  const all = network === null ? byAccount : [...byAccount, ...addressBuckets(act, network)]
  return all.toSorted((one, other) => (one.key < other.key ? -1 : 1))
}

// SECURITY: requests whose address nobody knows share one count. Without any, whoever mounted the app
// and forgot to hand the address over would have no limit on them.
function networkOfClient({ ipAddress, requestId }: Client): string | null {
  if (ipAddress !== null) return networkOf(ipAddress)
  return requestId === null ? null : 'unknown'
}

/** Every count of an act on one account. */
export function accountBuckets(act: GuardedAct, account: string): Bucket[] {
  const by = 'account'
  return limits[act][by].map((limit) => ({ key: keyOf(act, `${by} ${account}`, limit), by, limit }))
}

/** Every count of an act from one network. */
export function addressBuckets(act: GuardedAct, network: string): Bucket[] {
  const by = 'address'
  return limits[act][by].map((limit) => ({ key: keyOf(act, `${by} ${network}`, limit), by, limit }))
}

/** Under what failures in trying a password are counted. */
export function failuresKey(act: GuardedAct, account: string): string {
  return digest(`${act} failures ${account}`)
}

/** Those of one user, at log-in and where they are logged in. */
export function failuresKeysOf({ id, emailAddress }: User): string[] {
  return [failuresKey('log_in', emailAddress), failuresKey('password_challenge', id)]
}

function keyOf(act: GuardedAct, counted: string, { name }: WindowLimit): string {
  return digest(`${act} ${counted} ${name}`)
}

// A table of whoever mistyped a password is nobody's business.
function digest(text: string): string {
  return hash('sha256', text, 'base64url')
}
