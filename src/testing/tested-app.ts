/**
 * What a test sends requests to: an app in this process, as `createApp` returns it (`request`), anything else that
 * answers a `Request` (`fetch`), or the origin of a server that listens, such as `http://localhost:3000`.
 */
export type TestedApp = string | AppWithRequest | AppWithFetch

/** Hono's app, and that of `createTestServer`. */
export interface AppWithRequest {
  request(path: string, init: RequestInit): Response | Promise<Response>
}

/** An app whose handler is `Request → Response`. */
export interface AppWithFetch {
  fetch(request: Request): Response | Promise<Response>
}

/** What is sent besides the request line, such as `POST /v1/session`. */
interface Sent {
  readonly body?: object
  readonly headers?: Readonly<Record<string, string>>
}

/** An answer of the app, with its body. */
export interface Said {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  readonly body: Readonly<Record<string, unknown>>
}

/**
 * Sends one request, with JSON or without a body, and expects one status.
 *
 * @throws Error with the answer, if it has another status
 */
export async function obtain(app: TestedApp, line: string, sent: Wanted): Promise<Said> {
  const said = await ask(app, line, sent)
  if (said.status === sent.status) return said
  throw new Error(`${line} answered ${said.status}: ${said.text}`)
}

interface Wanted extends Sent {
  readonly status: number
}

async function ask(app: TestedApp, line: string, sent: Sent = {}): Promise<Said> {
  const [method = 'GET', path = '/'] = line.split(' ')
  const json = sent.body ? { 'content-type': 'application/json' } : {}
  const headers = { ...json, ...sent.headers }
  const body = sent.body ? { body: JSON.stringify(sent.body) } : {}
  const response = await send(app, path, { method, headers, ...body })
  const text = await response.text()
  return { status: response.status, headers: response.headers, text, body: readObject(text) }
}

async function send(app: TestedApp, path: string, init: RequestInit): Promise<Response> {
  if (typeof app === 'string') return fetch(new URL(path, app), init)
  if ('request' in app) return app.request(path, init)
  return app.fetch(new Request(new URL(path, 'http://localhost'), init))
}

function readObject(text: string): Readonly<Record<string, unknown>> {
  try {
    return Object(JSON.parse(text))
  } catch {
    return {}
  }
}

/** @throws Error if the answer has no such member, or it is not a text */
export function textOf(said: unknown, name: string): string {
  const value = Object(said)[name]
  if (typeof value === 'string') return value
  throw new Error(`There is no ${name} in the answer ${JSON.stringify(said)}`)
}
