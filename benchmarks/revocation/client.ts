// A client that logs in and sends requests in each of three ways.

export interface Credentials {
  readonly emailAddress: string
  readonly password: string
}

/** The ways in which a request can carry a token. */
export type Way = 'bearer' | 'cookie' | 'jwt'

/** The headers for each way: a session's token, or an access token of the bearer's session. */
export type Held = Readonly<Record<Way, Readonly<Record<string, string>>>>

export interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly body: Readonly<Record<string, unknown>>
}

export const audience = 'https://reports.example.com'

/** Logs in twice, once as each kind of client does, and asks for an access token. */
export async function logInEachWay(origin: string, person: Credentials): Promise<Held> {
  const bearer = await logIn(origin, person)
  return {
    bearer,
    cookie: (await logInByCookie(origin, person)).held,
    jwt: await takeAccessToken(origin, bearer),
  }
}

export async function signUp(origin: string, person: Credentials): Promise<void> {
  await ask(origin, 'POST /v1/registrations', { body: fields(person), status: 201 })
}

export async function logIn(origin: string, person: Credentials): Promise<Held['bearer']> {
  const { body } = await ask(origin, 'POST /v1/session', { body: fields(person), status: 200 })
  return { authorization: `Bearer ${body.token}` }
}

export async function logInByCookie(
  origin: string,
  person: Credentials,
): Promise<{ readonly setCookie: string; readonly held: Held['cookie'] }> {
  const { headers } = await ask(origin, 'POST /v1/session', {
    headers: sameOrigin,
    body: { ...fields(person), transport: 'cookie' },
    status: 200,
  })
  const [setCookie = ''] = headers.getSetCookie()
  const [cookie = ''] = setCookie.split(';')
  return { setCookie, held: { cookie, ...sameOrigin } }
}

export async function takeAccessToken(
  origin: string,
  held: Readonly<Record<string, string>>,
): Promise<Held['jwt']> {
  const order = { headers: held, body: { audience }, status: 200 }
  const { body } = await ask(origin, 'POST /v1/access_tokens', order)
  return { authorization: `Bearer ${body.access_token}` }
}

interface Order {
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: object
  /** The expected status. */
  readonly status: number
}

/** @throws Error for an answer with another status */
export async function ask(
  origin: string,
  line: string,
  { status, ...order }: Order,
): Promise<Answer> {
  const answer = await send(origin, line, order)
  if (answer.status === status) return answer
  throw new Error(`${line} answered ${answer.status}: ${JSON.stringify(answer.body)}`)
}

/** Sends a request, each from another address, so that the limits count but refuse nobody. */
export async function send(
  origin: string,
  line: string,
  { headers = {}, body }: Omit<Order, 'status'> = {},
): Promise<Answer> {
  const [method = 'GET', path = '/'] = line.split(' ')
  const json = body === undefined ? {} : { 'content-type': 'application/json' }
  const response = await fetch(origin + path, {
    method,
    headers: { ...json, 'x-forwarded-for': nextAddress(), ...headers },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  })
  const text = await response.text()
  return { status: response.status, headers: response.headers, body: JSON.parse(text || '{}') }
}

// The header that a browser sends for a page of the API's own origin.
const sameOrigin = { 'sec-fetch-site': 'same-origin' }

let asked = 0

function nextAddress(): string {
  asked++
  return `203.${(asked >> 16) & 255}.${(asked >> 8) & 255}.${asked & 255}`
}

function fields({ emailAddress, password }: Credentials) {
  return { email_address: emailAddress, password }
}
