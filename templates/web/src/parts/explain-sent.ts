import { ApiError } from 'latchkey/client'
import { explain } from './words.ts'

/**
 * What to tell the user about a request that changes something: even without a readable answer, it may have succeeded.
 *
 * @param next how to find that out: the words after “Check your connection, then”
 * @throws the error itself, if it is a bug and no refusal
 */
export function explainSent(error: unknown, next = 'reload the page to find out'): string {
  return isLost(error)
    ? `The server’s answer couldn’t be read, so we can’t tell whether that worked. Check your connection, then ${next}.`
    : explain(error)
}

function isLost(error: unknown): boolean {
  if (!(error instanceof ApiError)) return false
  const { code, status, cause } = error
  // A gateway that got no answer does not know either.
  if (code === 'unknown') return status < 400 || status === 502 || status === 504
  return Object(cause).name === 'TimeoutError'
}
