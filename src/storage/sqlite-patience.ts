import { setTimeout as wait } from 'node:timers/promises'
import { isBusy, toAuthError } from './sqlite-errors.ts'

/**
 * Tries again while somebody else holds the lock. SQLite's own wait blocks the event loop, so that is short, and this
 * is the long one.
 *
 * @param latest when to give up, by `performance.now()`
 * @throws AuthError `unavailable` if the lock is still held then
 */
export async function patiently<T>(attempt: () => T, latest: number): Promise<T> {
  for (;;) {
    try {
      return attempt()
    } catch (error) {
      if (!isBusy(error) || performance.now() > latest) throw toAuthError(error)
    }
    await wait(10)
  }
}

/** The instant, by `performance.now()`, at which a number of milliseconds will have passed. */
export function inMilliseconds(milliseconds: number): number {
  return performance.now() + milliseconds
}
