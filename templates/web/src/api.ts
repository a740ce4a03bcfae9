import { createClient, inCookie, inWebStorage } from 'latchkey/client'

// The server of these pages fills both in: see server.ts.
const apiOrigin = meta('api-origin')
export const place = meta('session')

/**
 * The one client of the application. With `cookie` in the page no script can read the session, and API and
 * pages must be on one site; otherwise the token is in `localStorage`.
 */
export const client = createClient(apiOrigin, {
  session: place === 'cookie' ? inCookie() : inWebStorage('localStorage'),
  // A browser by itself would wait for minutes. The client sends a request that only reads up to three times.
  fetch: (url, init) => fetch(url, { signal: AbortSignal.timeout(answerMilliseconds), ...init }),
})

const answerMilliseconds = 15_000

function meta(name: string): string {
  return document.querySelector<HTMLMetaElement>(`meta[name="${name}"]`)?.content ?? ''
}
