import { randomUUID } from 'node:crypto'
import { Html } from '../core/html.ts'
import { isRefusal, type Refusal } from './problems.ts'

/** A handler's yes: JSON, or a page where the body is Html. */
export interface Success {
  readonly status: number
  readonly body: unknown
  readonly headers: Readonly<Record<string, string>>
}

export type Answer = Success | Refusal

/** What is the same for a whole request. */
export interface Envelope {
  readonly requestId: string
  /** Every header that does not come from the answer itself: `securityHeaders` among them. */
  readonly headers: Readonly<Record<string, string>>
}

/** An answer in the form that is sent. */
export interface Presented {
  readonly status: number
  readonly body: string | null
  readonly headers: Record<string, string>
}

/** A large body that is the same for everybody, written once and not at every request. */
export class WrittenJson {
  readonly text: string

  constructor(value: unknown) {
    this.text = write(value)
  }
}

/** A text that is for a program other than a client of the API. */
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

/** 200, or the status named; a body of undefined is none. */
export function answer(body: unknown, status = 200): Success {
  return { status, body, headers: {} }
}

/** A page for people; whatever it does not bring along, it cannot load. */
export function htmlPage(content: Html, status = 200): Success {
  return { status, body: content, headers: { 'content-security-policy': pagePolicy } }
}

// SECURITY: no script, no image, no font, no form. Styles may be inline: the mail in a frame's
// `srcdoc` is under this policy too, and mails have their styles in attributes, which no digest of
// this policy could name.
const pagePolicy = [
  "default-src 'none'",
  "style-src 'unsafe-inline'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')

/** An API answers with data alone: nothing of it is to be framed, sniffed, cached or referred to. */
export const securityHeaders = {
  'cache-control': 'no-store',
  // The last three are not covered by the first.
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

/** An envelope for what is answered outside the route table. */
export function bareEnvelope(requestId: string = randomUUID()): Envelope {
  return { requestId, headers: bare }
}

const bare = { ...securityHeaders, vary: 'Origin' }

/** A proxy's id is kept, so that its log and ours can be laid side by side. */
export function requestIdOf(headers: Pick<Headers, 'get'>): string {
  const given = headers.get('x-request-id')
  // SECURITY: an id is logged; a token that somebody sends in its place is not.
  return given && /^(?!lk[a-z]_)[\w.-]{1,64}$/.test(given) ? given : randomUUID()
}

function refusalBody(refusal: Refusal, requestId: string): object {
  const { code, member, problems } = refusal
  const error = member === 'errors' ? [refusal.error].flat() : refusal.error
  const details = problems.length > 0 ? { details: problems } : {}
  return { [member]: error, code, request_id: requestId, ...details }
}
