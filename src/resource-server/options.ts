/** How a resource server finds the API, and which of its tokens it takes. */
export interface ResourceServerOptions {
  /** Where the API is. Keys and revocations come from there: `https:`, or this machine. */
  readonly api: string
  /** What `iss` has to be, to the letter: the API's `ACCESS_TOKEN_ISSUER`, or its `APP_URL`. */
  readonly issuer: string
  /** What `aud` has to be: the name of this service, one of the API's `ACCESS_TOKEN_AUDIENCES`. */
  readonly audience: string
  /** What holds while the list of revocations cannot be had: the last list, or nobody comes in. */
  readonly revocations: 'fail-open' | 'fail-closed'
  /** The longest that a session which ended is still let in, while the API answers. 10 by default. */
  readonly pollSeconds?: number
  /** Told whenever keys or revocations could not be had, at most once a second for each. */
  readonly onFailure?: (error: unknown) => void
  readonly fetch?: Fetch
  readonly clock?: () => Date
}

export type Fetch = (url: string, init: RequestInit) => Promise<Response>

export type Settings = Required<ResourceServerOptions>

/** @throws RangeError for options that cannot be */
export function parseOptions(options: ResourceServerOptions): Settings {
  const api = parseApi(options.api)
  return {
    api,
    issuer: requireText('issuer', options.issuer),
    audience: requireText('audience', options.audience),
    revocations: requireMode(options.revocations),
    pollSeconds: requireSeconds(options.pollSeconds ?? 10),
    onFailure: options.onFailure ?? (() => {}),
    // Looked up at each call, so that whoever replaces the global one is heard.
    fetch: options.fetch ?? ((url, init) => fetch(url, init)),
    clock: options.clock ?? (() => new Date()),
  }
}

// SECURITY: whoever can answer in the API's place says which keys are its own.
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
