/** The headers for cross-origin requests, for one list of origins. */
export interface Cors {
  /** The headers that every answer has: more of them for a listed origin. */
  headersFor(origin: string | null): Readonly<Record<string, string>>
  /** The additional headers of the answer to a preflight. */
  preflightFor(origin: string | null): Readonly<Record<string, string>>
}

/**
 * Allows cross-origin requests, with the session cookie, from exactly these origins (Fetch, "CORS check"): no other
 * origin is echoed, and there is no wildcard. Every answer has `Vary: Origin`, so that no cache serves it to another
 * origin.
 *
 * @param standing the other headers of every answer, merged once here and not for each request
 * @throws RangeError for an origin that no browser would send: one with a wildcard, a path or a slash at the end
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

/** @throws RangeError for an origin that no browser would send */
export function originSet(origins: readonly string[]): ReadonlySet<string> {
  const wrong = origins.find((origin) => !isOrigin(origin))
  if (wrong !== undefined)
    throw new RangeError(`${wrong} is not an origin like https://example.com`)
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
