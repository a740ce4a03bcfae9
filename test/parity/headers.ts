import type { Body, Row } from './row.ts'

export type HeaderValues = Readonly<Record<string, string>>

const railsSecurity = {
  'referrer-policy': 'strict-origin-when-cross-origin',
  'strict-transport-security': 'max-age=63072000; includeSubDomains',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'SAMEORIGIN',
  'x-permitted-cross-domain-policies': 'none',
  'x-xss-protection': '0',
}
const railsTransport = {
  'strict-transport-security': railsSecurity['strict-transport-security'],
  vary: 'Origin',
}
const json = 'application/json; charset=utf-8'
const fresh = { 'cache-control': 'max-age=0, private, must-revalidate', etag: 'W/"<32 hex>"' }
const uncached = { 'cache-control': 'no-cache' }

/** The headers of Rails' answers, by the kinds in which they occur. */
export const profiles = {
  h1: { ...railsSecurity, ...fresh, 'content-type': json, vary: 'Accept, Origin' },
  h2: { ...railsSecurity, ...fresh, 'content-type': json, vary: 'Origin' },
  h3: { ...railsSecurity, ...uncached, 'content-type': json, vary: 'Accept, Origin' },
  h4: { ...railsTransport, 'content-type': 'application/json; charset=UTF-8' },
  h5: { ...railsTransport, 'content-type': 'text/html; charset=UTF-8' },
  h6: { ...railsSecurity, ...uncached, 'content-type': json, vary: 'Origin' },
  h7: {},
  h8: { ...railsSecurity, ...fresh, vary: 'Origin' },
  h9: { ...railsTransport, 'content-type': 'application/xml; charset=UTF-8' },
  h10: {
    ...railsSecurity,
    ...fresh,
    'content-type': 'text/html; charset=utf-8',
    vary: 'Origin',
  },
  h11: { ...railsTransport, 'content-type': 'text/plain' },
} satisfies Record<string, HeaderValues>

export type ProfileName = keyof typeof profiles

/** All that Rails sends in a row, those of rack-cors among them. */
export function railsHeaders({ request, rails }: Row): HeaderValues {
  const origin = rails.effects?.sharedWith
  if (origin === undefined) return profiles[rails.headers]
  const asked = request.headers.find((line) => line.startsWith('Access-Control-Request-Headers:'))
  return {
    ...profiles[rails.headers],
    'access-control-allow-origin': origin,
    'access-control-allow-methods': 'GET, POST, PATCH, PUT, DELETE, OPTIONS, HEAD',
    'access-control-expose-headers': '',
    'access-control-max-age': '7200',
    ...(asked ? { 'access-control-allow-headers': asked.replace(/^[^:]*: /, '') } : {}),
  }
}

/** Who answers: the app, the front that looks at raw requests, or Node before any code of ours. */
export type Source = 'app' | 'front' | 'node'

/** All that we send in a row, but for what HTTP itself needs and the id of the request. */
export function ownHeaders(source: Source, answer: ExpectedAnswer): HeaderValues {
  if (source === 'node') return {}
  const { status, body, allow, sharedWith } = answer
  return {
    'cache-control': 'no-store',
    'content-security-policy':
      "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    'cross-origin-resource-policy': 'same-origin',
    'referrer-policy': 'no-referrer',
    vary: 'Origin',
    'x-content-type-options': 'nosniff',
    ...(status === 204 ? {} : { 'content-type': json }),
    ...(source === 'front'
      ? {}
      : { 'strict-transport-security': railsSecurity['strict-transport-security'] }),
    ...(status === 401 ? { 'www-authenticate': challengeFor(body) } : {}),
    ...(allow === undefined ? {} : { allow }),
    ...(sharedWith === undefined ? {} : sharingWith(sharedWith)),
    ...(sharedWith !== undefined && status === 204 ? preflight : {}),
  }
}

export interface ExpectedAnswer {
  readonly status: number
  readonly body: Body
  readonly allow?: string | undefined
  readonly sharedWith?: string | undefined
}

function challengeFor(body: Body): string {
  const isInvalid = typeof body === 'object' && body.code === 'invalid_token'
  return isInvalid ? 'Bearer realm="api", error="invalid_token"' : 'Bearer realm="api"'
}

function sharingWith(origin: string): HeaderValues {
  return {
    'access-control-allow-origin': origin,
    'access-control-allow-credentials': 'true',
    'access-control-expose-headers':
      'X-Request-Id, WWW-Authenticate, Retry-After, RateLimit, RateLimit-Policy',
  }
}

const preflight = {
  'access-control-allow-headers': 'Authorization, Content-Type, X-Request-Id',
  'access-control-allow-methods': 'GET, HEAD, POST, PUT, PATCH, DELETE',
  'access-control-max-age': '7200',
}
