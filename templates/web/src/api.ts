import { createClient, inCookie, inWebStorage } from 'latchkey/client'

// Whoever serves these pages fills both in: see server.ts.
const apiOrigin = meta('api-origin')
export const place = meta('session')

/**
 * The one client of the application. With `cookie` in the page no script can read the session, and API and
 * pages have to be on one site; otherwise the token is in `localStorage`.
 */
export const client = createClient(apiOrigin, {
  session: place === 'cookie' ? inCookie() : inWebStorage('localStorage'),
  // A browser by itself waits for minutes. What only reads is asked for three times.
  fetch: (url, init) => fetch(url, { signal: AbortSignal.timeout(answerMilliseconds), ...init }),
})

const answerMilliseconds = 15_000

function meta(name: string): string {
  return document.querySelector<HTMLMetaElement>(`meta[name="${name}"]`)?.content ?? ''
}
