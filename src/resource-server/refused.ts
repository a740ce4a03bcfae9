/** The answer to a caller who is refused: RFC 6750, in the shape of the API's own refusals. */
export interface Refused {
  readonly status: 401 | 403 | 503
  readonly headers: Readonly<Record<string, string>>
  readonly body: { readonly error: string; readonly code: RefusedCode }
}

export type RefusedCode = 'unauthenticated' | 'invalid_token' | 'insufficient_scope' | 'unavailable'

const standing = { 'content-type': 'application/json', 'cache-control': 'no-store' }
const challenge = 'Bearer realm="api"'

const refusals: Record<Exclude<RefusedCode, 'insufficient_scope'>, Refused> = {
  unauthenticated: {
    status: 401,
    headers: { ...standing, 'www-authenticate': challenge },
    body: { error: 'Unauthorized', code: 'unauthenticated' },
  },
  invalid_token: {
    status: 401,
    headers: { ...standing, 'www-authenticate': `${challenge}, error="invalid_token"` },
    body: { error: 'Unauthorized', code: 'invalid_token' },
  },
  unavailable: {
    status: 503,
    headers: { ...standing, 'retry-after': '2' },
    body: { error: 'Not available just now; try again', code: 'unavailable' },
  },
}

export function refuse(code: keyof typeof refusals): Refused {
  return refusals[code]
}

export function refuseScope(needed: readonly string[]): Refused {
  const scope = needed.join(' ')
  return {
    status: 403,
    headers: {
      ...standing,
      'www-authenticate': `${challenge}, error="insufficient_scope", scope="${scope}"`,
    },
    body: { error: `The access token lacks the scope ${scope}`, code: 'insufficient_scope' },
  }
}
