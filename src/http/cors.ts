/** What cross-origin readers are told, for one list of origins. */
export interface Cors {
  /** Headers of every answer, whoever asks. */
  headersFor(origin: string | null): Record<string, string>
  /** The headers of the answer to a preflight. */
  preflightFor(origin: string | null): Record<string, string>
}

const exposedHeaders = 'X-Request-Id, WWW-Authenticate, Retry-After'
const allowedMethods = 'GET, HEAD, POST, PUT, PATCH, DELETE'
const allowedHeaders = 'Authorization, Content-Type, X-Request-Id'

/**
 * Cross-origin sharing for exactly these origins (Fetch, "CORS check"): nothing is reflected, no
 * wildcard, no credentials. `Vary: Origin` stands on every answer, so that no cache hands the
 * answer for one origin to another.
 */
export function cors(origins: readonly string[]): Cors {
  const closed = { vary: 'Origin' }
  const opened = new Map(
    origins.map((origin) => [
      origin,
      {
        vary: 'Origin',
        'access-control-allow-origin': origin,
        'access-control-expose-headers': exposedHeaders,
      },
    ]),
  )
  return {
    headersFor: (origin) => opened.get(origin ?? '') ?? closed,
    preflightFor(origin) {
      const headers = opened.get(origin ?? '')
      if (!headers) return closed
      return {
        ...headers,
        'access-control-allow-methods': allowedMethods,
        'access-control-allow-headers': allowedHeaders,
        'access-control-max-age': '7200',
      }
    },
  }
}
