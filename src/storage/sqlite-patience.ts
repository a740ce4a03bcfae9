import { setTimeout as wait } from 'node:timers/promises'
import { isBusy, toAuthError } from './sqlite-errors.ts'

/**
 * Tries again while another process holds the lock: SQLite's own wait would block the event loop, so it
 * is short and the long one is ours.
 *
 * @param latest in the milliseconds of `performance.now`
 * @throws AuthError `unavailable` when it is held until then
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

/** When so many milliseconds will have passed, as `performance.now` has it. */
export function inMilliseconds(milliseconds: number): number {
  return performance.now() + milliseconds
}
