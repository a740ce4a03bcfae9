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
})

function meta(name: string): string {
  return document.querySelector<HTMLMetaElement>(`meta[name="${name}"]`)?.content ?? ''
}
