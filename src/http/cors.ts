/** The CORS headers for one list of origins. */
export interface Cors {
  /** Headers of every answer, whatever the origin of the request. */
  headersFor(origin: string | null): Readonly<Record<string, string>>
  /** Further headers of the answer to a preflight. */
  preflightFor(origin: string | null): Readonly<Record<string, string>>
}

/**
 * Cross-origin sharing, the session's cookie included, for exactly these origins (Fetch, "CORS check"): nothing
 * is reflected, no wildcard. `Vary: Origin` is on every answer, so that no cache hands the answer for one
 * origin to another.
 *
 * @param standing the other headers of every answer: merged here once, not for each request
 * @throws RangeError for what no browser sends as an origin: a wildcard, a path, a slash at the end
 */
export function cors(origins: readonly string[], standing: Readonly<Record<string, string>>): Cors {
  const closed = { ...standing, vary: 'Origin' }
  const shared = [...originSet(origins)].map(
    (origin) => [origin, { ...closed, ...sharedWith(origin) }] as const,
  )
  const headers = new Map(shared)
  return {
    headersFor: (origin) => headers.get(origin ?? '') ?? closed,
    preflightFor: (origin) => (headers.has(origin ?? '') ? preflight : {}),
  }
}

/** @throws RangeError for what no browser sends as an origin */
export function originSet(origins: readonly string[]): ReadonlySet<string> {
  const wrong = origins.find((origin) => !isOrigin(origin))
  if (wrong !== undefined) throw new RangeError(`${wrong} is no origin like https://example.com`)
  return new Set(origins)
}

export function isOrigin(text: string): boolean {
  return /^https?:[^*]+$/.test(text) && URL.canParse(text) && new URL(text).origin === text
}

function sharedWith(origin: string): Record<string, string> {
  return {
    'access-control-allow-origin': origin,
    'access-control-allow-credentials': 'true',
    'access-control-expose-headers':
      'X-Request-Id, WWW-Authenticate, Retry-After, RateLimit, RateLimit-Policy',
  }
}

const preflight = {
  'access-control-allow-methods': 'GET, HEAD, POST, PUT, PATCH, DELETE',
  'access-control-allow-headers': 'Authorization, Content-Type, X-Request-Id',
  'access-control-max-age': '7200',
}
