import { ApiError, failure, refusalOf } from './api-error.ts'

export type Fetch = (url: string, init: RequestInit) => Promise<Response>

const longestWaitSeconds = 5

/**
 * Sends a request. One that only reads is repeated, up to twice, if the API could not be reached, or if it was too
 * busy and asks to come back within 5 seconds.
 *
 * @throws ApiError for anything but success; the reason of the signal if that aborts
 */
export async function send(fetch: Fetch, url: string, init: RequestInit): Promise<Response> {
  const { method = 'GET', signal } = init
  // A write may have been carried out even if its answer was lost.
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
    // A caller who aborts gets their own reason.
    if (init.signal?.aborted) throw cause
    return failure('unreachable', 'The server cannot be reached', { cause })
  }
  return response.ok ? response : refusalOf(response)
}

/** @throws ApiError if the body is not JSON, such as a page of a proxy */
export async function readJson(response: Response): Promise<unknown> {
  const { status } = response
  return response.json().catch((cause) => {
    throw failure('unknown', 'The answer cannot be used', { cause, status })
  })
}

/** How many seconds to wait before the next attempt; null if there should be none. */
function pauseBehind({ status, retryAfterSeconds }: ApiError, attempt: number): number | null {
  if (status === 0) return attempt / 5
  const isBusy = status === 503 || status === 429
  const isSoon = retryAfterSeconds !== null && retryAfterSeconds <= longestWaitSeconds
  return isBusy && isSoon ? retryAfterSeconds : null
}

/** Waits, unless the signal aborts; removes its listener from the signal afterwards. */
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
