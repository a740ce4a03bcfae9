import { ApiError, failure, refusalOf } from './api-error.ts'

export type Fetch = (url: string, init: RequestInit) => Promise<Response>

const longestWaitSeconds = 5

/**
 * Sends a request. One that only reads is repeated if the API could not be reached, after a moment, or was too
 * busy, when it says so.
 *
 * @throws ApiError for anything but success; the signal's reason where it aborts
 */
export async function send(fetch: Fetch, url: string, init: RequestInit): Promise<Response> {
  const { method = 'GET', signal } = init
  // A write may have been done, even if its answer was lost.
  const mayRepeat = /^(GET|HEAD)$/.test(method)
  for (let attempt = 1; ; attempt++) {
    const answer = await sendOnce(fetch, url, init)
    if (!(answer instanceof ApiError)) return answer
    // Three attempts at most.
    const seconds = mayRepeat && attempt < 3 ? pauseBehind(answer, attempt) : null
    if (seconds === null) throw answer
    await pause(seconds * 1_000, signal)
  }
}

async function sendOnce(
  fetch: Fetch,
  url: string,
  init: RequestInit,
): Promise<Response | ApiError> {
  let response: Response
  try {
    response = await fetch(url, init)
  } catch (cause) {
    // The caller who aborted gets the reason as it is.
    if (init.signal?.aborted) throw cause
    return failure('unreachable', 'The server cannot be reached', { cause })
  }
  return response.ok ? response : refusalOf(response)
}

/** Seconds, or null if it makes no sense to ask again. */
function pauseBehind({ status, retryAfterSeconds }: ApiError, attempt: number): number | null {
  if (status === 0) return attempt / 5
  const isBusy = status === 503 || status === 429
  const isSoon = retryAfterSeconds !== null && retryAfterSeconds <= longestWaitSeconds
  return isBusy && isSoon ? retryAfterSeconds : null
}

/** Waits, unless the signal aborts; leaves no listener on a signal that lives on. */
export function pause(milliseconds: number, signal?: AbortSignal | null): Promise<void> {
  return new Promise((resolve, reject) => {
    const giveUp = () => {
      clearTimeout(timer)
      reject(signal?.reason)
    }
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', giveUp)
      resolve()
    }, milliseconds)
    if (signal?.aborted) giveUp()
    signal?.addEventListener('abort', giveUp)
  })
}
