// Not the globals: the tests of an application may fake those, and so roll back transactions under way.
import { clearTimeout, setTimeout } from 'node:timers'

/** Some work took too long; the caller rolls it back. */
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
