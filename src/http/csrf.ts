import type { RequestHead } from './request-like.ts'

/**
 * Whether a request does nothing that a page could make a browser do behind its user's back: it only
 * reads, or comes from this very origin, or from a listed one.
 */
export type IsIntended = (request: RequestHead) => boolean

/**
 * Judges by what a browser says, and no page can say in its place (Fetch, "Sec-Fetch-Site" and
 * "Origin" are forbidden to scripts). Where neither is there it is no browser of today, and what it
 * sends with a cookie is refused.
 */
export function intendedFrom(origins: ReadonlySet<string>): IsIntended {
  return ({ method, headers }) => {
    // SECURITY: a WebSocket is opened by a GET, and then does whatever it is told.
    if (safeMethods.has(method) && !headers.has('upgrade')) return true
    // SECURITY: this value alone. `same-site` is also said of a neighbour's subdomain, and `none` of
    // what came from no page, which changes nothing here. Of two headers a comma makes one that is
    // neither.
    if (headers.get('sec-fetch-site') === 'same-origin') return true
    const origin = headers.get('origin')
    return origin !== null && origins.has(origin)
  }
}

// RFC 9110 §9.2.1, without TRACE, which is refused. No route changes anything by these.
const safeMethods: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS'])
