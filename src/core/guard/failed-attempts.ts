import { AuthError } from '../errors.ts'
import { passwordLimits } from './limits.ts'

/** Tries at one password that failed in succession. */
export interface FailedAttempts {
  readonly count: number
  /** No try is admitted before this. */
  readonly blockedUntil: Date
  /** When they are forgotten; null where only a recovery ends them. */
  readonly expiresAt: Date | null
}

/** What is asked of the database. */
export interface FailedAttemptsStore {
  findFailedAttempts(key: string): Promise<FailedAttempts | null>
  /**
   * Replaces what was found with `next`, in a transaction of its own that is committed when this
   * resolves. A power cut may lose the last seconds, a crash does not.
   *
   * @returns false where somebody else was faster, and nothing was written
   */
  replaceFailedAttempts(
    key: string,
    change: { readonly from: FailedAttempts | null; readonly next: FailedAttempts },
  ): Promise<boolean>
}

const { failures, firstWaitSeconds, longestWaitSeconds, stoppedAfter } = passwordLimits

// Clocks of two processes may differ by so much.
const toleratedSkewMilliseconds = 60_000

/** How long after so many failures in succession the next try waits. */
export function waitSecondsAfter(count: number): number {
  if (count < failures.attempts) return 0
  return Math.min(firstWaitSeconds * 2 ** (count - failures.attempts), longestWaitSeconds)
}

/**
 * Counts a try at a password as failed, before it is known whether it is. Of many concurrent tries each is counted, or
 * told to wait.
 *
 * SECURITY: in one statement that writes only where nothing changed since the read: no two tries are the tenth.
 *
 * @returns how many failed before it
 * @throws AuthError `rate_limited` with the seconds to wait, `unavailable`
 */
export async function countFailedAttempt(
  store: FailedAttemptsStore,
  key: string,
  clock: () => Date,
): Promise<number> {
  for (;;) {
    // Read in each round: a try that lost the race would be judged by a time before the block began.
    const now = clock()
    const from = await store.findFailedAttempts(key)
    const before = from && isKept(from, now) ? from.count : 0
    if (from) requireWaited(from, now)
    const next = oneMore(before, now)
    if (await store.replaceFailedAttempts(key, { from, next })) return before
  }
}

/** Takes back the count of a try of which nobody found out whether it failed. */
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
  // Few failures cause no wait, not even for the millisecond by which another process is ahead. A
  // block that ends much later than it can was written by a wrong clock.
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

// A block stays, unless too few failures for one are left; a count that only a recovery could end expires again.
function oneLess(from: FailedAttempts, now: Date): FailedAttempts {
  const count = from.count - 1
  const blockedUntil = waitSecondsAfter(count) === 0 ? now : from.blockedUntil
  const expiresAt = count < stoppedAfter ? (from.expiresAt ?? forgottenAt(now)) : null
  return { count, blockedUntil, expiresAt }
}

function forgottenAt(now: Date): Date {
  return new Date(now.getTime() + passwordLimits.forgottenAfterDays * 86_400_000)
}
