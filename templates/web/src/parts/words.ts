import { ApiError } from 'latchkey/client'

/**
 * What to tell the user about an error that does not belong to a field.
 *
 * @throws the error itself, if it is a bug and no refusal
 */
export function explain(error: unknown): string {
  if (!(error instanceof ApiError)) throw error
  const { code, status, message, requestId, retryAfterSeconds } = error
  if (status === 429) return `Too many attempts. Try again ${inWords(retryAfterSeconds)}.`
  if (status === 503) return `The server is busy. Try again ${inWords(retryAfterSeconds)}.`
  if (code === 'storage_failed') {
    return 'Your browser doesn’t let this page keep you logged in. Allow it to store data, and try again.'
  }
  // No answer, or one from a proxy or from a hotel's log-in page.
  if (status < 500 && (code === 'unreachable' || code === 'unknown')) {
    return 'The server can’t be reached. Check your connection and try again.'
  }
  if (code === 'invalid_token') return 'Your log-in has ended or changed. Try again.'
  if (code === 'unauthenticated') return 'You’re no longer logged in here. Reload the page.'
  if (code === 'not_found') return 'This no longer exists. Reload the page to see what has changed.'
  if (status === 413) return 'That’s too long to be saved. Shorten it and try again.'
  if (status < 500 && message) return message
  const number = requestId ? ` If it keeps happening, tell us this code: ${requestId}` : ''
  return `Something went wrong. Try again.${number}`
}

function inWords(seconds: number | null): string {
  if (!seconds) return 'later'
  const minutes = Math.ceil(seconds / 60)
  if (minutes > 90) return `in ${Math.ceil(minutes / 60)} hours`
  if (seconds > 90) return `in ${minutes} minutes`
  return seconds === 1 ? 'in a second' : `in ${Math.ceil(seconds)} seconds`
}
