import type { RequestHead } from './request-like.ts'

/**
 * Whether a request cannot have been forged by another site's page: it only reads, or comes from this very
 * origin, or from a listed one.
 */
export type IsIntended = (request: RequestHead) => boolean

/**
 * Judges by headers that browsers set and no script can (Fetch forbids it `Sec-Fetch-Site` and `Origin`). A
 * request with neither is from no current browser; unless it only reads, it is refused if it has a cookie.
 */
export function intendedFrom(origins: ReadonlySet<string>): IsIntended {
  return ({ method, headers }) => {
    // SECURITY: a WebSocket is opened by a GET, and can then change anything.
    if (safeMethods.has(method) && !headers.has('upgrade')) return true
    // SECURITY: this value only. `same-site` includes a neighbour's subdomain, and `none` is sent where no page
    // made the request, which then changes nothing here. Two headers are joined by a comma, and match neither.
    if (headers.get('sec-fetch-site') === 'same-origin') return true
    const origin = headers.get('origin')
    return origin !== null && origins.has(origin)
  }
}

// RFC 9110 §9.2.1, without TRACE, which is refused. No route changes anything by these.
const safeMethods: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS'])
