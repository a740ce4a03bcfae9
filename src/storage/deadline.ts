// Not the global ones: tests of an application move those, and would undo what is under way.
import { clearTimeout, setTimeout } from 'node:timers'

/** What was begun did not end in time; whoever asked for it undoes it. */
export class DeadlineError extends Error {
  override readonly name = 'DeadlineError'

  constructor(milliseconds: number) {
    super(`The transaction was undone: it took longer than ${milliseconds} ms`)
  }
}

/** @throws DeadlineError */
export async function within<T>(milliseconds: number, work: Promise<T>): Promise<T> {
  const { promise: tooLong, reject } = Promise.withResolvers<never>()
  const timer = setTimeout(() => reject(new DeadlineError(milliseconds)), milliseconds)
  try {
    return await Promise.race([work, tooLong])
  } finally {
    clearTimeout(timer)
  }
}
