type Fetch = (url: string, init: RequestInit) => Promise<Response>

/**
 * A `fetch` that gives up if the answer does not begin in time: the phone's own time-out is a minute.
 * `AbortSignal.timeout` and `AbortSignal.any` would be shorter, but not every phone has them.
 */
export function fetchWithin(seconds: number): Fetch {
  return async (url, init) => {
    const { signal } = init
    const controller = new AbortController()
    const timer = setTimeout(() => controller.abort(), seconds * 1_000)
    const leave = () => controller.abort(signal?.reason)
    signal?.addEventListener('abort', leave)
    if (signal?.aborted) leave()
    try {
      // The caller may still abort until the whole answer is read.
      return await fetch(url, { ...init, signal: controller.signal })
    } catch (error) {
      signal?.removeEventListener('abort', leave)
      throw error
    } finally {
      clearTimeout(timer)
    }
  }
}
