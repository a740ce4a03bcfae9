import { setTimeout as wait } from 'node:timers/promises'
import { isBusy, toAuthError } from './sqlite-errors.ts'

/**
 * Tries again while somebody else holds the lock: SQLite's own wait would block the event loop, so
 * that one is short and the long one is here.
 *
 * @param latest in the milliseconds of `performance.now`
 * @throws AuthError `unavailable` where the lock is still held then
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

/** When so many milliseconds will have passed, by `performance.now`. */
export function inMilliseconds(milliseconds: number): number {
  return performance.now() + milliseconds
}
