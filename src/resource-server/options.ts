/** How a resource server finds the API, and which of its tokens it accepts. */
export interface ResourceServerOptions {
  /** The URL of the API, which publishes keys and revocations: `https:`, or this machine. */
  readonly api: string
  /** The exact `iss`: the API's `ACCESS_TOKEN_ISSUER`, or its `APP_URL`. */
  readonly issuer: string
  /** The `aud`, which is the name of this service: one of the API's `ACCESS_TOKEN_AUDIENCES`. */
  readonly audience: string
  /**
   * What happens while the list of revocations cannot be read: `fail-open` uses the last list, if there is one;
   * `fail-closed` admits nobody.
   */
  readonly revocations: 'fail-open' | 'fail-closed'
  /**
   * For how many seconds, at most, the token of a session that has ended is still accepted while the API answers.
   * 10 by default, from 1 to 300; with 1 it can be 1.5.
   */
  readonly pollSeconds?: number
  /** Called when keys or revocations could not be read, at most once a second for each. */
  readonly onFailure?: (error: unknown) => void
  readonly fetch?: Fetch
  readonly clock?: () => Date
}

export type Fetch = (url: string, init: RequestInit) => Promise<Response>

export type Settings = Required<ResourceServerOptions>

/** @throws RangeError for invalid options */
export function parseOptions(options: ResourceServerOptions): Settings {
  const api = parseApi(options.api)
  return {
    api,
    issuer: requireText('issuer', options.issuer),
    audience: requireText('audience', options.audience),
    revocations: requireMode(options.revocations),
    pollSeconds: requireSeconds(options.pollSeconds ?? 10),
    onFailure: options.onFailure ?? (() => {}),
    // Looked up at each call, since the global function may be replaced later.
    fetch: options.fetch ?? ((url, init) => fetch(url, init)),
    clock: options.clock ?? (() => new Date()),
  }
}

// SECURITY: whoever can answer instead of the API chooses the keys that are trusted.
function parseApi(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : null
  const isSafe = url?.protocol === 'https:' || (url?.protocol === 'http:' && isLoopback(url))
  const isBare = url?.search === '' && url.hash === '' && url.username + url.password === ''
  if (url && isSafe && isBare && !/[?#]$/.test(text)) return url.href.replace(/\/$/, '')
  throw new RangeError(`api is an https: address, such as https://api.example.com, not ${text}`)
}

function isLoopback({ hostname }: URL): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(?:\.\d+){3}$/.test(hostname)
}

function requireText(name: string, value: string): string {
  if (typeof value === 'string' && value !== '') return value
  throw new RangeError(`${name} is missing`)
}

function requireMode(mode: Settings['revocations']): Settings['revocations'] {
  if (mode === 'fail-open' || mode === 'fail-closed') return mode
  throw new RangeError(`revocations is 'fail-open' or 'fail-closed', not ${mode}`)
}

function requireSeconds(seconds: number): number {
  if (Number.isInteger(seconds) && seconds >= 1 && seconds <= 300) return seconds
  throw new RangeError(`pollSeconds is a whole number from 1 to 300, not ${seconds}`)
}
