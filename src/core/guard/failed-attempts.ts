import { toleratedSkewMilliseconds } from '../clock-skew.ts'
import { AuthError } from '../errors.ts'
import { passwordLimits } from './limits.ts'

/** The failed tries at one password since it was last right. */
export interface FailedAttempts {
  readonly count: number
  /** When the next try is admitted. */
  readonly blockedUntil: Date
  /** When they are forgotten; null if only a password reset ends them. */
  readonly expiresAt: Date | null
}

/** What counting failed tries needs of a database. */
export interface FailedAttemptsStore {
  findFailedAttempts(key: string): Promise<FailedAttempts | null>
  /**
   * Replaces `from`, which was found before, by `next`, in a transaction of its own that is committed when this
   * resolves. A power cut may lose the last seconds, but a crash does not.
   *
   * @returns false if it was no longer `from`, and nothing was written
   */
  replaceFailedAttempts(
    key: string,
    change: { readonly from: FailedAttempts | null; readonly next: FailedAttempts },
  ): Promise<boolean>
}

const { failures, firstWaitSeconds, longestWaitSeconds, stoppedAfter } = passwordLimits

/** How many seconds the next try must wait after a number of failures in a row. */
export function waitSecondsAfter(count: number): number {
  if (count < failures.attempts) return 0
  return Math.min(firstWaitSeconds * 2 ** (count - failures.attempts), longestWaitSeconds)
}

/**
 * Counts a try at a password as failed, before it is verified. Each of many concurrent tries is counted, or told to
 * wait.
 *
 * SECURITY: the statement writes only if nothing has changed since the read, so that no two tries are both the tenth.
 *
 * @returns how many tries failed before it
 * @throws AuthError `rate_limited` with the seconds to wait, `unavailable`
 */
export async function countFailedAttempt(
  store: FailedAttemptsStore,
  key: string,
  clock: () => Date,
): Promise<number> {
  for (;;) {
    // Read in each round: after a lost race, an older time would be from before the block began.
    const now = clock()
    const from = await store.findFailedAttempts(key)
    const before = from && isKept(from, now) ? from.count : 0
    if (from) requireWaited(from, now)
    const next = oneMore(before, now)
    if (await store.replaceFailedAttempts(key, { from, next })) return before
  }
}

/** Takes back the count of a try whose password was not verified after all. */
export async function takeBackFailedAttempt(
  store: FailedAttemptsStore,
  key: string,
  clock: () => Date,
): Promise<void> {
  for (;;) {
    const from = await store.findFailedAttempts(key)
    if (!from || from.count === 0) return
    if (await store.replaceFailedAttempts(key, { from, next: oneLess(from, clock()) })) return
  }
}

function isKept({ expiresAt }: FailedAttempts, now: Date): boolean {
  return expiresAt === null || now < expiresAt
}

function requireWaited({ count, blockedUntil }: FailedAttempts, now: Date): void {
  const wait = waitSecondsAfter(count) * 1_000
  const left = blockedUntil.getTime() - now.getTime()
  // After few failures there is no wait, even if the clock of another process is ahead. A block that ends later than is
  // possible was written by a wrong clock.
  if (wait === 0 || left <= 0 || left > wait + toleratedSkewMilliseconds) return
  throw new AuthError('rate_limited', {
    retryAfterSeconds: Math.ceil(left / 1_000),
    limit: failures,
  })
}

function oneMore(before: number, now: Date): FailedAttempts {
  const count = before + 1
  const blockedUntil = new Date(now.getTime() + waitSecondsAfter(count) * 1_000)
  const expiresAt = count < stoppedAfter ? forgottenAt(now) : null
  return { count, blockedUntil, expiresAt }
}

// A block stays, unless too few failures are left for one. A count that only a password reset could end expires again.
function oneLess(from: FailedAttempts, now: Date): FailedAttempts {
  const count = from.count - 1
  const blockedUntil = waitSecondsAfter(count) === 0 ? now : from.blockedUntil
  const expiresAt = count < stoppedAfter ? (from.expiresAt ?? forgottenAt(now)) : null
  return { count, blockedUntil, expiresAt }
}

function forgottenAt(now: Date): Date {
  return new Date(now.getTime() + passwordLimits.forgottenAfterDays * 86_400_000)
}
