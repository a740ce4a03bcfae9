import { generateCookie } from 'hono/cookie'
import type { Secret } from '../core/secret.ts'
import { stripBlanks } from './blanks.ts'
import { originSet } from './cors.ts'
import { intendedFrom } from './csrf.ts'
import type { RequestHead } from './request-like.ts'

/** What may be cleared in a browser (Clear-Site-Data §3.1). */
export type SiteData = (typeof siteData)[number]

const siteData = ['cache', 'cookies', 'storage'] as const

/** Which origins may use the session cookie, and how it is set. */
export interface CookieOptions {
  /**
   * Origins, exactly as browsers send them, whose pages may read the answers and act by the session's cookie;
   * default none.
   */
  readonly corsOrigins?: readonly string[]
  /** In `production`, the default, browsers are told to use HTTPS only, and send the cookie over HTTPS only. */
  readonly mode?: 'development' | 'production'
  /**
   * What a browser is told to clear when a session in a cookie logs out; default `cache` and `storage`.
   * `cookies` clears those of the whole registrable domain.
   */
  readonly clearSiteData?: readonly SiteData[]
}

/** What the `Cookie` header says about a session. */
export type CookieCredential =
  | { readonly kind: 'none' }
  | { readonly kind: 'token'; readonly token: string; readonly transport: 'cookie' }
  | { readonly kind: 'malformed' }
  /** There is a session cookie, but a page that may not use it made the browser send it. */
  | { readonly kind: 'forged' }

type CookieHeaders = Readonly<Record<string, string>>

/** Keeps the token of a session in the user's browser, where no script can read it. */
export interface SessionCookie {
  read(request: RequestHead): CookieCredential
  /** Whether a request may be given a cookie, or act by one. */
  isIntended(request: RequestHead): boolean
  /** Headers that give the browser a token for so many seconds. */
  give(token: Secret, seconds: number): CookieHeaders
  /** Headers that make the browser forget it. */
  readonly forget: CookieHeaders
  /** The same for a log-out, which also clears the site's data. */
  readonly logOut: CookieHeaders
}

/** @throws RangeError for an invalid origin, or an unknown entry of `clearSiteData` */
export function sessionCookie(options: CookieOptions): SessionCookie {
  const { corsOrigins = [], mode, clearSiteData = ['cache', 'storage'] } = options
  const strange = clearSiteData.find((each) => !isSiteData(each))
  if (strange !== undefined)
    throw new RangeError(`clearSiteData can have ${siteData.join(', ')}, and no ${strange}`)
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
      // SECURITY: judged before anything is looked up, even for a dead token.
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
 * The cookie's name. With the prefix `__Host-` a browser takes it from this very host only, over HTTPS (RFC
 * 6265bis §4.1.3.2); not every browser counts `http://localhost` as that.
 */
export function cookieName(mode: CookieOptions['mode']): string {
  return mode === 'development' ? 'session' : '__Host-session'
}

export function isSiteData(text: string): text is SiteData {
  return siteData.some((each) => each === text)
}

// SECURITY: Lax, so that another site's requests carry it neither to change something nor to load a
// subresource.
const attributes = { path: '/', httpOnly: true, sameSite: 'Lax' } as const

// 400 days: no browser keeps a cookie longer (RFC 6265bis §5.5).
const maximumSeconds = 34_560_000

const none = { kind: 'none' } as const

function quote(data: readonly SiteData[]): string {
  return data.map((each) => `"${each}"`).join(', ')
}

/**
 * The values of all cookies of that name, by the grammar of RFC 6265 §4.2: nothing is decoded, unquoted or
 * guessed.
 *
 * SECURITY: of two cookies with one name, either may have been set by a neighbouring host. Beside ours, the
 * name in another case counts as a second cookie, since there were browsers that took `__host-` from any host;
 * alone it is ignored.
 */
function valuesOf(header: string, name: string): string[] {
  const alike = header
    .split(';')
    .map(parsePair)
    .filter((pair) => pair.name.toLowerCase() === name.toLowerCase())
  return alike.some((pair) => pair.name === name) ? alike.map(({ value }) => value) : []
}

// What has no `=` is a value without a name.
function parsePair(pair: string): { name: string; value: string } {
  const end = pair.indexOf('=')
  return {
    name: stripBlanks(pair.slice(0, Math.max(end, 0))),
    value: stripBlanks(pair.slice(end + 1)),
  }
}
