import type { Auth } from '../core/auth.ts'
import type { Authenticated, Principal } from '../core/entities.ts'
import { Secret } from '../core/secret.ts'
import { stripBlanks } from './blanks.ts'
import type { CookieCredential, SessionCookie } from './cookie.ts'
import type { Attribution, RequestContext } from './exchange.ts'
import { insufficient, type Refusal, refuse } from './problems.ts'
import type { RequestHead } from './request-like.ts'

/** How a token is carried: as a bearer token, or in a cookie. */
export type Transport = 'bearer' | 'cookie'

/** What a request offers as its credential. */
type Credential =
  | CookieCredential
  | { readonly kind: 'token'; readonly token: string; readonly transport: 'bearer' }
  | { readonly kind: 'several' }

/** The sender of a request, the token that authenticates them, and how it was carried. */
export interface Holder extends Authenticated {
  readonly token: Secret
  readonly transport: Transport
}

/** Where to find the credential of a request, and how to check it. */
interface CredentialSource {
  readonly auth: Auth
  readonly request: RequestHead
  readonly cookie: SessionCookie
}

/** The holder of the session whose token the request carries, or the refusal to answer with: 400, 401 or 403. */
export async function authenticateRequest(
  source: CredentialSource,
  attribution: Attribution = { userId: null },
): Promise<Holder | Refusal> {
  const { auth } = source
  const credential = readCredential(source)
  if (credential.kind !== 'token') return refuseCredential(credential.kind)
  const { token, transport } = credential
  const found = await auth.authenticate(token)
  if (!found) {
    return transport === 'bearer' ? refuseApiKey(auth, token, attribution) : refuse('invalid_token')
  }
  attribution.userId = found.user.id
  return { session: found.session, user: found.user, token: new Secret(token), transport }
}

/** The same, but an API key with the scope is accepted as well. */
export async function authorizeRequest(
  context: CredentialSource & Pick<RequestContext, 'attribution'>,
  scope: string,
): Promise<Principal | Refusal> {
  const { auth, attribution } = context
  const credential = readCredential(context)
  if (credential.kind !== 'token') return refuseCredential(credential.kind)
  const { token, transport } = credential
  const found = await auth.authenticate(token)
  if (found) {
    attribution.userId = found.user.id
    return { user: found.user, session: found.session, apiKey: null }
  }
  // SECURITY: a cookie may contain only the token of a session, so it is not looked up as an API key.
  const authorized = transport === 'bearer' ? await auth.authenticateApiKey(token) : null
  if (!authorized) return refuse('invalid_token')
  const { user, apiKey } = authorized
  attribution.userId = user.id
  return apiKey.scopes.includes(scope) ? { user, session: null, apiKey } : refuseScope(scope)
}

/** The token in the Authorization header, of any kind, or the refusal to answer with; cookies are ignored. */
export function readBearer({ headers }: Pick<RequestHead, 'headers'>): string | Refusal {
  const header = headers.get('authorization')
  const credential = header === null ? noCredential : parseAuthorization(header)
  return credential.kind === 'token' ? credential.token : refuseCredential(credential.kind)
}

const noCredential: Credential = { kind: 'none' }

/** The holder of the session in the cookie, whatever the Authorization header says; null if there is none. */
export async function recognizeBrowser({
  auth,
  request,
  cookie,
}: CredentialSource): Promise<Authenticated | null> {
  const credential = cookie.read(request)
  return credential.kind === 'token' ? auth.authenticate(credential.token) : null
}

/**
 * Who sends a request to a public route; null if unknown. A browser sends a cookie by itself, even long after its
 * session has ended, so a dead cookie is not refused. An invalid Authorization header is.
 */
export async function recognizeRequest(
  source: CredentialSource,
): Promise<Authenticated | Refusal | null> {
  const credential = readCredential(source)
  if (credential.kind === 'none') return null
  return isByCookie(credential) ? recognizeBrowser(source) : authenticateRequest(source)
}

function isByCookie(credential: Credential): boolean {
  return credential.kind === 'token' && credential.transport === 'cookie'
}

/** The 403 for a request that a foreign page made a browser send with a session cookie; otherwise null. */
export function refuseForgery(
  source: Pick<CredentialSource, 'request' | 'cookie'>,
): Refusal | null {
  return readCredential(source).kind === 'forged' ? refuse('csrf') : null
}

// SECURITY: if there is an Authorization header, whatever it says, the cookie is ignored: who is authenticated must not
// depend on which of the two is valid.
function readCredential({
  request,
  cookie,
}: Pick<CredentialSource, 'request' | 'cookie'>): Credential {
  const header = request.headers.get('authorization')
  return header === null ? cookie.read(request) : parseAuthorization(header)
}

function refuseCredential(kind: Exclude<Credential['kind'], 'token'>): Refusal {
  if (kind === 'none') return refuse('unauthenticated')
  if (kind === 'malformed') return refuse('invalid_token')
  if (kind === 'forged') return refuse('csrf')
  // RFC 6750 §3.1: more than one method of sending a token is an invalid request.
  return refuse('invalid_request', { error: 'Send one Authorization header' })
}

// The answer `invalid_token` for a valid API key would mislead its holder. The request counts against the key's limit,
// like any other.
async function refuseApiKey(auth: Auth, text: string, attribution: Attribution): Promise<Refusal> {
  const authorized = await auth.authenticateApiKey(text)
  if (!authorized) return refuse('invalid_token')
  attribution.userId = authorized.user.id
  return refuse('insufficient_scope')
}

function refuseScope(scope: string): Refusal {
  return refuse('insufficient_scope', {
    error: `The API key lacks the scope ${scope}`,
    headers: { 'www-authenticate': `${insufficient}, scope="${scope}"` },
  })
}

// The name of a scheme is case-insensitive (RFC 9110 §11.1). Rails' clients send Token.
const ours = /^[ \t]*(?:bearer|token)(?:[ \t](.*))?$/i

const plain = /^Bearer \w+$/

// `Bearer a, Basic b`: two headers that were joined on the way (RFC 9110 §5.3). A scheme stands alone or before a
// blank; `token="x"` after a comma is a parameter.
const secondScheme =
  /,[ \t]*(?:(?:bearer|token|basic|digest|dpop|negotiate)(?![^ \t,])|[\w!#$%&'*+.^`|~-]+[ \t]+[^ \t,=])/i

/**
 * Parses the header as Rails' `authenticate_with_http_token` does: `Bearer abc`, `Token abc`, `Token token="abc"`.
 * Parameters after a comma, semicolon or tab are ignored. Any other scheme counts as no credential.
 */
function parseAuthorization(header: string): Credential {
  // A fast path for the usual form, for which the rest of this function would return the same.
  if (plain.test(header)) return bearerOf(header.slice('Bearer '.length))
  if (secondScheme.test(header)) return { kind: 'several' }
  const match = ours.exec(header)
  if (!match) return { kind: 'none' }
  const parts = (match[1] ?? '').split(/[,;\t]/).map(stripBlanks)
  const first = parts.find((part) => part !== '') ?? ''
  const token = unquote(first.replace(/^token=/, ''))
  return token === '' ? { kind: 'malformed' } : bearerOf(token)
}

function bearerOf(token: string): Credential {
  return { kind: 'token', token, transport: 'bearer' }
}

function unquote(text: string): string {
  return text.replace(/^"/, '').replace(/"$/, '')
}
