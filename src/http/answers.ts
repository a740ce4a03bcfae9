import { randomUUID } from 'node:crypto'
import { Html } from '../core/html.ts'
import { isRefusal, type Refusal } from './problems.ts'

/** A successful answer: sent as JSON, unless the body is `Html` or `PlainText`. */
export interface Success {
  readonly status: number
  readonly body: unknown
  readonly headers: Readonly<Record<string, string>>
}

export type Answer = Success | Refusal

/** What the answer to a request carries besides its own status, body and headers. */
export interface Envelope {
  readonly requestId: string
  /** The headers that do not come from the answer itself, `securityHeaders` among them. */
  readonly headers: Readonly<Record<string, string>>
}

/** An answer in the form in which it is sent. */
export interface Presented {
  readonly status: number
  readonly body: string | null
  readonly headers: Record<string, string>
}

/** A large JSON body that is the same for everybody: it is serialized once, not for each request. */
export class WrittenJson {
  readonly text: string

  constructor(value: unknown) {
    this.text = write(value)
  }
}

/** A text in another media type than JSON, such as metrics. */
export class PlainText {
  readonly text: string
  readonly type: string

  constructor(text: string, type: string) {
    this.text = text
    this.type = type
  }
}

function write(value: unknown): string {
  return `${JSON.stringify(value)}\n`
}

/** A successful answer with the given status, by default 200. If `body` is undefined, no body is sent. */
export function answer(body: unknown, status = 200): Success {
  return { status, body, headers: {} }
}

/** A page for people, which can load nothing from outside. */
export function htmlPage(content: Html, status = 200): Success {
  return { status, body: content, headers: { 'content-security-policy': pagePolicy } }
}

// SECURITY: no scripts, images, fonts or forms. Inline styles are allowed, because this policy also applies to a mail
// in the `srcdoc` of a frame, which has its styles in attributes: a hash in the policy cannot allow those.
const pagePolicy = [
  "default-src 'none'",
  "style-src 'unsafe-inline'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')

/** The API answers with data only, which must not be framed, sniffed or cached, and sends no referrer. */
export const securityHeaders = {
  'cache-control': 'no-store',
  // `default-src` does not include the other three.
  'content-security-policy':
    "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
}

export function present(answer: Answer, envelope: Envelope): Presented {
  const body = isRefusal(answer) ? refusalBody(answer, envelope.requestId) : answer.body
  const { status } = answer
  const headers: Record<string, string> = {
    ...envelope.headers,
    'x-request-id': envelope.requestId,
  }
  Object.assign(headers, answer.headers)
  if (body === undefined) return { status, body: null, headers }
  if (body instanceof Html) {
    headers['content-type'] = 'text/html; charset=utf-8'
    return { status, body: body.markup, headers }
  }
  if (body instanceof PlainText) {
    headers['content-type'] = body.type
    return { status, body: body.text, headers }
  }
  headers['content-type'] = 'application/json; charset=utf-8'
  return { status, body: body instanceof WrittenJson ? body.text : write(body), headers }
}

export function toResponse({ body, status, headers }: Presented): Response {
  return new Response(body, { status, headers })
}

/** The envelope of answers that are given outside the route table. */
export function bareEnvelope(requestId: string = randomUUID()): Envelope {
  return { requestId, headers: bare }
}

const bare = { ...securityHeaders, vary: 'Origin' }

/** The id that a proxy sent, so that its log and ours can be matched, or a new one. */
export function requestIdOf(headers: Pick<Headers, 'get'>): string {
  const given = headers.get('x-request-id')
  // SECURITY: the id is logged, so a token that was sent as the id is not used.
  return given && /^(?!lk[a-z]_)[\w.-]{1,64}$/.test(given) ? given : randomUUID()
}

function refusalBody(refusal: Refusal, requestId: string): object {
  const { code, member, problems } = refusal
  const error = member === 'errors' ? [refusal.error].flat() : refusal.error
  const details = problems.length > 0 ? { details: problems } : {}
  return { [member]: error, code, request_id: requestId, ...details }
}
