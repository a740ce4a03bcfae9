// What a resource server sees of the API: two documents, and tokens that somebody brings.
import { createHash, generateKeyPairSync, type KeyObject, sign } from 'node:crypto'
import { createServer } from 'node:http'
import type { ResourceServerOptions } from 'latchkey/resource-server'
import { resourceServer } from 'latchkey/resource-server'
import { type Clock, movableClock } from 'latchkey/testing'
import { onTestFinished } from 'vitest'

export interface SigningKey {
  readonly kid: string
  readonly privateKey: KeyObject
  readonly jwk: Readonly<Record<string, unknown>>
}

/** What the API would publish, for a test to change, and what it was asked for. */
export interface PublishedApi {
  readonly url: string
  readonly clock: Clock
  readonly key: SigningKey
  readonly asked: string[]
  keys: unknown
  revocations: unknown
  /** What it does in place of an answer. */
  fault: 'none' | 'refuses' | 'hangs' | 'redirects' | 'breaks off' | 'goes on and on' | 'talks HTML'
}

export const audience = 'https://reports.example.com'

export function createKey(kid = 'key-1'): SigningKey {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const { kty, crv, x, y } = publicKey.export({ format: 'jwk' })
  return { kid, privateKey, jwk: { kty, crv, x, y, kid, alg: 'ES256', use: 'sig' } }
}

export async function startPublishedApi(): Promise<PublishedApi> {
  const key = createKey()
  const asked: string[] = []
  const http = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`)
    const isKeys = request.url === '/.well-known/jwks.json'
    const answer = JSON.stringify(isKeys ? api.keys : api.revocations)
    if (api.fault === 'hangs') return
    if (api.fault === 'refuses') response.writeHead(503).end('{}')
    else if (api.fault === 'redirects') {
      response.writeHead(302, { location: `${api.url}/elsewhere` }).end(answer)
    } else if (api.fault === 'breaks off') {
      response.writeHead(200, { 'content-length': '100000' }).write(answer)
      setImmediate(() => response.destroy())
    } else if (api.fault === 'goes on and on') response.end(' '.repeat(1_048_577) + answer)
    else response.end(api.fault === 'talks HTML' ? '<!doctype html>' : answer)
  })
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    http.closeAllConnections()
    http.close()
  })
  const api: PublishedApi = {
    url: `http://127.0.0.1:${Object(http.address()).port}`,
    clock: movableClock(),
    key,
    asked,
    keys: { keys: [key.jwk] },
    revocations: { revoked: [], issued_before: null },
    fault: 'none',
  }
  return api
}

/** A resource server for it, closed where nothing else is said. */
export function serverFor(
  { url, clock }: Pick<PublishedApi, 'url' | 'clock'>,
  options: Partial<ResourceServerOptions> = {},
) {
  return resourceServer({
    api: url,
    issuer: url,
    audience,
    revocations: 'fail-closed',
    clock,
    ...options,
  })
}

type Members = Readonly<Record<string, unknown>>

/** The claims of a token that is good now. */
export function goodClaims({ url, clock }: Pick<PublishedApi, 'url' | 'clock'>): Members {
  const iat = Math.floor(clock().getTime() / 1_000)
  const who = { sub: '01a20934-06ed-7044-94a3-9d8335778bd2', sid: 'Yk8CpZ2Vv0nQm4xJ6hT1sA' }
  return { iss: url, aud: audience, ...who, scope: 'reports:read', jti: 'j1', iat, exp: iat + 300 }
}

/** A token that is good, but for what is changed; a member that becomes undefined is missing. */
export function token(
  api: Pick<PublishedApi, 'url' | 'clock' | 'key'>,
  { claims = {}, header = {} }: { claims?: Members; header?: Members } = {},
): string {
  const { kid, privateKey } = api.key
  return signed(
    JSON.stringify({ alg: 'ES256', typ: 'at+jwt', kid, ...header }),
    JSON.stringify({ ...goodClaims(api), ...claims }),
    { privateKey },
  )
}

/** Whatever the two texts say, under a signature that is good. */
export function signed(
  header: string | Buffer,
  payload: string | Buffer,
  { privateKey }: Pick<SigningKey, 'privateKey'>,
): string {
  const content = `${encode(header)}.${encode(payload)}`
  const signature = sign('sha256', Buffer.from(content), {
    key: privateKey,
    dsaEncoding: 'ieee-p1363',
  })
  return `${content}.${encode(signature)}`
}

export function encode(content: string | Buffer): string {
  return Buffer.from(content).toString('base64url')
}

/** As the API lists a session that ended. */
export function revocationOf(sid: unknown): string {
  return createHash('sha256').update(String(sid)).digest().subarray(0, 16).toString('base64url')
}

export const invalidToken = {
  status: 401,
  headers: {
    'content-type': 'application/json',
    'cache-control': 'no-store',
    'www-authenticate': 'Bearer realm="api", error="invalid_token"',
  },
  body: { error: 'Unauthorized', code: 'invalid_token' },
}

export const unavailable = {
  status: 503,
  headers: { 'content-type': 'application/json', 'cache-control': 'no-store', 'retry-after': '2' },
  body: { error: 'Not available just now; try again', code: 'unavailable' },
}
