import { createClient, inCookie, inWebStorage } from 'latchkey/client'

// The server of these pages fills in both: see server.ts.
const apiOrigin = meta('api-origin')
export const place = meta('session')

/**
 * The application's only client. With `cookie` in the page, no script can read the session, and the API and the
 * pages must be on the same site; otherwise the token is in `localStorage`.
 */
export const client = createClient(apiOrigin, {
  session: place === 'cookie' ? inCookie() : inWebStorage('localStorage'),
  // Without this, a browser waits for minutes. The client sends a GET up to three times.
  fetch: (url, init) => fetch(url, { signal: AbortSignal.timeout(answerMilliseconds), ...init }),
})

const answerMilliseconds = 15_000

function meta(name: string): string {
  return document.querySelector<HTMLMetaElement>(`meta[name="${name}"]`)?.content ?? ''
}
