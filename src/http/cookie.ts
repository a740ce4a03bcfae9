import { generateCookie } from 'hono/cookie'
import type { Secret } from '../core/secret.ts'
import { stripBlanks } from './blanks.ts'
import { originSet } from './cors.ts'
import { intendedFrom } from './csrf.ts'
import type { RequestHead } from './request-like.ts'

/** What a browser can be told to clear (Clear-Site-Data §3.1). */
export type SiteData = (typeof siteData)[number]

const siteData = ['cache', 'cookies', 'storage'] as const

/** Which origins may use the session cookie, and how it is set. */
export interface CookieOptions {
  /**
   * The origins, exactly as browsers send them, whose pages may read answers and use the session cookie; default none.
   */
  readonly corsOrigins?: readonly string[]
  /** In `production`, the default, browsers are told to use HTTPS only, for the cookie as well. */
  readonly mode?: 'development' | 'production'
  /**
   * What a browser is told to clear when a session in a cookie is logged out; default `cache` and `storage`. `cookies`
   * clears those of the whole registrable domain.
   */
  readonly clearSiteData?: readonly SiteData[]
}

/** The credential in the `Cookie` header. */
export type CookieCredential =
  | { readonly kind: 'none' }
  | { readonly kind: 'token'; readonly token: string; readonly transport: 'cookie' }
  | { readonly kind: 'malformed' }
  /** There is a session cookie, but a page that may not use it made the browser send the request. */
  | { readonly kind: 'forged' }

type CookieHeaders = Readonly<Record<string, string>>

/** Keeps the token of a session in the user's browser, where no script can read it. */
export interface SessionCookie {
  read(request: RequestHead): CookieCredential
  /** Whether the answer to a request may set the cookie, and its own cookie may be used. */
  isIntended(request: RequestHead): boolean
  /** The headers that set the cookie to a token, for a number of seconds. */
  give(token: Secret, seconds: number): CookieHeaders
  /** The headers that delete the cookie. */
  readonly forget: CookieHeaders
  /** The headers that delete the cookie at a log-out, and clear the site's data. */
  readonly logOut: CookieHeaders
}

/** @throws RangeError for an invalid origin, or an unknown entry of `clearSiteData` */
export function sessionCookie(options: CookieOptions): SessionCookie {
  const { corsOrigins = [], mode, clearSiteData = ['cache', 'storage'] } = options
  const strange = clearSiteData.find((each) => !isSiteData(each))
  if (strange !== undefined)
    throw new RangeError(`clearSiteData can contain ${siteData.join(', ')}, but not ${strange}`)
  const name = cookieName(mode)
  const isIntended = intendedFrom(originSet(corsOrigins))
  const isSecure = mode !== 'development'
  const bake = (value: string, maxAge: number) => ({
    'set-cookie': generateCookie(name, value, { ...attributes, secure: isSecure, maxAge }),
  })
  const forget = bake('', 0)
  return {
    read(request) {
      const header = request.headers.get('cookie')
      if (header === null) return none
      const [token, ...others] = valuesOf(header, name)
      if (token === undefined) return none
      // SECURITY: checked before anything is looked up, even if the token is dead.
      if (!isIntended(request)) return { kind: 'forged' }
      return others.length > 0
        ? { kind: 'malformed' }
        : { kind: 'token', token, transport: 'cookie' }
    },
    isIntended,
    give: (token, seconds) => bake(token.reveal(), Math.min(seconds, maximumSeconds)),
    forget,
    logOut:
      clearSiteData.length > 0 ? { ...forget, 'clear-site-data': quote(clearSiteData) } : forget,
  }
}

/**
 * The name of the cookie. With the prefix `__Host-` a browser accepts it from this very host only, and over HTTPS (RFC
 * 6265bis §4.1.3.2); not every browser accepts it from `http://localhost`.
 */
export function cookieName(mode: CookieOptions['mode']): string {
  return mode === 'development' ? 'session' : '__Host-session'
}

export function isSiteData(text: string): text is SiteData {
  return siteData.some((each) => each === text)
}

// SECURITY: Lax, so that a page of another site cannot use it to change something, or to load a subresource.
const attributes = { path: '/', httpOnly: true, sameSite: 'Lax' } as const

// 400 days: no browser keeps a cookie longer (RFC 6265bis §5.5).
const maximumSeconds = 34_560_000

const none = { kind: 'none' } as const

function quote(data: readonly SiteData[]): string {
  return data.map((each) => `"${each}"`).join(', ')
}

/**
 * The values of all cookies with that name, by the grammar of RFC 6265 §4.2: nothing is decoded or unquoted.
 *
 * SECURITY: if there are two cookies with one name, a neighbouring host may have set either of them. Besides ours, the
 * name in another case counts as a second cookie, since some browsers accepted `__host-` from any host; without ours it
 * is ignored.
 */
function valuesOf(header: string, name: string): string[] {
  const alike = header
    .split(';')
    .map(parsePair)
    .filter((pair) => pair.name.toLowerCase() === name.toLowerCase())
  return alike.some((pair) => pair.name === name) ? alike.map(({ value }) => value) : []
}

// A pair without `=` is a value without a name.
function parsePair(pair: string): { name: string; value: string } {
  const end = pair.indexOf('=')
  return {
    name: stripBlanks(pair.slice(0, Math.max(end, 0))),
    value: stripBlanks(pair.slice(end + 1)),
  }
}
