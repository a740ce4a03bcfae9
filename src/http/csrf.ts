import type { RequestHead } from './request-like.ts'

/**
 * Whether a request cannot have been forged by a page of another site: it only reads, or it comes from a page of this
 * origin or of a listed one.
 */
export type IsIntended = (request: RequestHead) => boolean

/**
 * Decides by headers that only browsers can set: Fetch forbids scripts to set `Sec-Fetch-Site` and `Origin`. A request
 * with neither comes from no current browser; unless it only reads, its cookie is refused.
 */
export function intendedFrom(origins: ReadonlySet<string>): IsIntended {
  return ({ method, headers }) => {
    // SECURITY: a WebSocket is opened by a GET, and can then change anything.
    if (safeMethods.has(method) && !headers.has('upgrade')) return true
    // SECURITY: only this value. `same-site` includes pages of neighbouring subdomains, and `none` is sent if no page
    // made the request, as for an address that was typed: such a request only reads. Two headers, joined by a comma,
    // do not match.
    if (headers.get('sec-fetch-site') === 'same-origin') return true
    const origin = headers.get('origin')
    return origin !== null && origins.has(origin)
  }
}

// RFC 9110 §9.2.1, without TRACE, which is refused. No route changes anything with these methods.
const safeMethods: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS'])
