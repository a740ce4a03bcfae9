import type { Auth } from '../core/auth.ts'
import type { Authenticated, Principal } from '../core/entities.ts'
import { Secret } from '../core/secret.ts'
import type { CookieCredential, SessionCookie } from './cookie.ts'
import type { Attribution, RequestContext } from './exchange.ts'
import { insufficient, type Refusal, refuse } from './problems.ts'
import type { RequestHead } from './request-like.ts'

/** How a token comes and goes. */
export type Transport = 'bearer' | 'cookie'

/** What a request says of who sends it. */
type Credential =
  | CookieCredential
  | { readonly kind: 'token'; readonly token: string; readonly transport: 'bearer' }
  | { readonly kind: 'several' }

/** Who sends a request, the token by which they are known, and how it came. */
export interface Holder extends Authenticated {
  readonly token: Secret
  readonly transport: Transport
}

/** Where the credential of a request is found, and who can judge it. */
interface CredentialSource {
  readonly auth: Auth
  readonly request: RequestHead
  readonly cookie: SessionCookie
}

/** Who holds the session whose token the request carries, or the 400, 401 or 403 that it gets. */
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

/** The same, where an API key with the scope will do as well. */
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
  // SECURITY: a cookie holds the token of a session, and nothing else is looked up by one.
  const authorized = transport === 'bearer' ? await auth.authenticateApiKey(token) : null
  if (!authorized) return refuse('invalid_token')
  const { user, apiKey } = authorized
  attribution.userId = user.id
  return apiKey.scopes.includes(scope) ? { user, session: null, apiKey } : refuseScope(scope)
}

/** What a request has for a token, of whatever kind, or the refusal that it gets; a cookie is none. */
export function readBearer({ headers }: Pick<RequestHead, 'headers'>): string | Refusal {
  const header = headers.get('authorization')
  const credential = header === null ? nobody : parseAuthorization(header)
  return credential.kind === 'token' ? credential.token : refuseCredential(credential.kind)
}

const nobody: Credential = { kind: 'none' }

/** Who has the session in the cookie, whatever else a request says; null where it is nobody's. */
export async function recognizeBrowser({
  auth,
  request,
  cookie,
}: CredentialSource): Promise<Authenticated | null> {
  const credential = cookie.read(request)
  return credential.kind === 'token' ? auth.authenticate(credential.token) : null
}

/**
 * Who asks, on a route that is for nobody in particular; null where nobody is known. A browser sends its
 * cookie by itself, also long after the session: that is no fault of whoever asks. A header is.
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

/** The 403 to what a page made a browser send with the cookie of a session; null for all else. */
export function refuseForgery(
  source: Pick<CredentialSource, 'request' | 'cookie'>,
): Refusal | null {
  return readCredential(source).kind === 'forged' ? refuse('csrf') : null
}

// SECURITY: where there is the header, whatever it says, the cookie counts for nothing. Who asks is not
// to depend on which of the two is good.
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

// To hear that a good API key is no token at all would make its holder look for the wrong fault. The
// request counts against its limit, like any other.
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

// A scheme's name is case-insensitive (RFC 9110 §11.1); Rails' clients say Token.
const ours = /^[ \t]*(?:bearer|token)(?:[ \t](.*))?$/i

const plain = /^Bearer \w+$/

// `Bearer a, Basic b`: two headers that somebody joined (RFC 9110 §5.3). A scheme stands alone or
// before a blank; `token="x"` after a comma is a parameter.
const secondScheme =
  /,[ \t]*(?:(?:bearer|token|basic|digest|dpop|negotiate)(?![^ \t,])|[\w!#$%&'*+.^`|~-]+[ \t]+[^ \t,=])/i

/**
 * Reads the header as Rails' `authenticate_with_http_token` does: `Bearer abc`, `Token abc`,
 * `Token token="abc"`, parameters behind a comma, semicolon or tab ignored. A scheme of others
 * counts as no credential.
 */
function parseAuthorization(header: string): Credential {
  // As nearly everybody writes it; the rest of this function would say the same.
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

// Spaces alone: trim() would also take a no-break space, which is part of a wrong token.
function stripBlanks(part: string): string {
  let end = part.length
  while (part[end - 1] === ' ') end--
  return part.slice(0, end).replace(/^ +/, '')
}
