import { generateCookie } from 'hono/cookie'
import type { Secret } from '../core/secret.ts'
import { originSet } from './cors.ts'
import { intendedFrom } from './csrf.ts'
import type { RequestHead } from './request-like.ts'

/** What may be cleared in a browser (Clear-Site-Data §3.1). */
export type SiteData = (typeof siteData)[number]

const siteData = ['cache', 'cookies', 'storage'] as const

/** For whom there are cookies, and of which kind. */
export interface CookieOptions {
  readonly corsOrigins?: readonly string[]
  readonly mode?: 'development' | 'production'
  /**
   * What a browser is told to clear when whoever it knows by a cookie logs out; default `cache` and
   * `storage`. `cookies` are those of the whole registrable domain.
   */
  readonly clearSiteData?: readonly SiteData[]
}

/** What the `Cookie` header says of a session. */
export type CookieCredential =
  | { readonly kind: 'none' }
  | { readonly kind: 'token'; readonly token: string; readonly transport: 'cookie' }
  | { readonly kind: 'malformed' }
  /** It says something, and a page that may not made the browser send it. */
  | { readonly kind: 'forged' }

type CookieHeaders = Readonly<Record<string, string>>

/** How the browser of a user keeps the token of their session: where no script can read it. */
export interface SessionCookie {
  read(request: RequestHead): CookieCredential
  /** Whether a request may lead to a cookie, or act by one. */
  isIntended(request: RequestHead): boolean
  /** Headers that give the browser a token for so many seconds. */
  give(token: Secret, seconds: number): CookieHeaders
  /** Those that make it forget. */
  readonly forget: CookieHeaders
  /** The same for whoever logs out, and leaves no data behind. */
  readonly logOut: CookieHeaders
}

/** @throws RangeError for an origin or data that is none */
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
      // SECURITY: before anything is looked up, also for a token that is dead.
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
 * What the cookie is called. With the prefix a browser takes it from this very host alone, by HTTPS
 * (RFC 6265bis §4.1.3.2), and not every browser takes `http://localhost` for that.
 */
export function cookieName(mode: CookieOptions['mode']): string {
  return mode === 'development' ? 'session' : '__Host-session'
}

export function isSiteData(text: string): text is SiteData {
  return siteData.some((each) => each === text)
}

// SECURITY: Lax, so that no request of another site carries it that changes something, or asks for a
// part of a page.
const attributes = { path: '/', httpOnly: true, sameSite: 'Lax' } as const

// 400 days: no browser keeps one for longer (RFC 6265bis §5.5).
const maximumSeconds = 34_560_000

const none = { kind: 'none' } as const

function quote(data: readonly SiteData[]): string {
  return data.map((each) => `"${each}"`).join(', ')
}

/**
 * The values of the cookies of that name, as RFC 6265 §4.2 has the header: nothing is decoded, unquoted
 * or guessed.
 *
 * SECURITY: of two cookies of one name nobody knows which is whose: a neighbouring host may have set one
 * of them. Beside ours one of another case counts as a second, since there were browsers that took
 * `__host-` from everybody; alone it is nothing.
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

// SECURITY: these two alone, as browsers do. `trim()` would make ours of a name behind a wide space,
// which has no prefix, so that anybody may set it.
function stripBlanks(text: string): string {
  let [start, end] = [0, text.length]
  while (text[start] === ' ' || text[start] === '\t') start++
  while (end > start && (text[end - 1] === ' ' || text[end - 1] === '\t')) end--
  return text.slice(start, end)
}
