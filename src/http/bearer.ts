import type { Auth } from '../core/auth.ts'
import type { Authenticated, Principal } from '../core/entities.ts'
import { Secret } from '../core/secret.ts'
import type { Asked } from './asked.ts'
import type { Incoming, Sender } from './exchange.ts'
import { insufficient, type Refusal, refuse } from './problems.ts'

/** What an `Authorization` header says. */
export type Credential =
  | { readonly kind: 'none' }
  | { readonly kind: 'token'; readonly token: string }
  | { readonly kind: 'malformed' }
  | { readonly kind: 'several' }

/** Who sends a request, and the token by which they are known. */
export interface Holder extends Authenticated {
  readonly token: Secret
}

/** Who holds the session whose token the request carries, or the 400, 401 or 403 that it gets. */
export async function authenticateRequest(
  auth: Auth,
  { headers }: Pick<Asked, 'headers'>,
  sender: Sender = { userId: null },
): Promise<Holder | Refusal> {
  const credential = parseAuthorization(headers.get('authorization'))
  if (credential.kind !== 'token') return refuseCredential(credential.kind)
  const { token } = credential
  const found = await find(auth, token)
  if (!found) return refuseApiKey(auth, token, sender)
  sender.userId = found.user.id
  return found
}

/** The same, where an API key with the scope will do as well. */
export async function authorizeRequest(
  { auth, request, sender }: Pick<Incoming, 'auth' | 'request' | 'sender'>,
  scope: string,
): Promise<Principal | Refusal> {
  const credential = parseAuthorization(request.headers.get('authorization'))
  if (credential.kind !== 'token') return refuseCredential(credential.kind)
  const found = await auth.authenticate(credential.token)
  if (found) {
    sender.userId = found.user.id
    return { user: found.user, session: found.session, apiKey: null }
  }
  const authorized = await auth.authenticateApiKey(credential.token)
  if (!authorized) return refuse('invalid_token')
  const { user, apiKey } = authorized
  sender.userId = user.id
  return apiKey.scopes.includes(scope) ? { user, session: null, apiKey } : refuseScope(scope)
}

function refuseCredential(kind: 'none' | 'malformed' | 'several'): Refusal {
  if (kind === 'none') return refuse('unauthenticated')
  if (kind === 'malformed') return refuse('invalid_token')
  // RFC 6750 §3.1: more than one method of sending a token is an invalid request.
  return refuse('invalid_request', { error: 'Send one Authorization header' })
}

async function find(auth: Auth, text: string): Promise<Holder | null> {
  const found = await auth.authenticate(text)
  return found && { session: found.session, user: found.user, token: new Secret(text) }
}

// To hear that a good API key is no token at all would make its holder look for the wrong fault. The
// request counts against its limit, like any other.
async function refuseApiKey(auth: Auth, text: string, sender: Sender): Promise<Refusal> {
  const authorized = await auth.authenticateApiKey(text)
  if (!authorized) return refuse('invalid_token')
  sender.userId = authorized.user.id
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
function parseAuthorization(header: string | null): Credential {
  if (header === null) return { kind: 'none' }
  // As nearly everybody writes it; the rest of this function would say the same.
  if (plain.test(header)) return { kind: 'token', token: header.slice('Bearer '.length) }
  if (secondScheme.test(header)) return { kind: 'several' }
  const match = ours.exec(header)
  if (!match) return { kind: 'none' }
  const parts = (match[1] ?? '').split(/[,;\t]/).map(stripBlanks)
  const first = parts.find((part) => part !== '') ?? ''
  const token = unquote(first.replace(/^token=/, ''))
  return token === '' ? { kind: 'malformed' } : { kind: 'token', token }
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
