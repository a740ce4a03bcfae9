import { obtain, type Said, type TestedApp, textOf } from './tested-app.ts'

/** A user who is logged in, with the headers that their requests carry. */
export interface TestUser {
  readonly id: string
  readonly emailAddress: string
  readonly password: string
  readonly token: string
  /** `Authorization`; or the cookie, with what a browser says about the page that sends it. */
  readonly headers: Readonly<Record<string, string>>
}

/** Whom to log in as. A user with an `id` exists already; everybody else signs up. */
export interface LogIn {
  readonly id?: string | undefined
  /** Default: an address that nobody has yet. */
  readonly emailAddress?: string | undefined
  readonly password?: string | undefined
  /** What your sign-up asks for besides address and password. */
  readonly fields?: Readonly<Record<string, unknown>> | undefined
  /** How the token travels; default `bearer`. */
  readonly transport?: 'bearer' | 'cookie' | undefined
}

let users = 0

/**
 * Signs somebody up through the front door, and returns what their requests need:
 * `app.request('/v1/notes', { headers })`. Given a user, it logs them in once more, as on another device.
 *
 * @param who an address, or more about them; without it somebody new
 * @throws Error when the app refuses, with its answer
 */
export async function logInAs(app: TestedApp, who: string | LogIn = {}): Promise<TestUser> {
  const person = typeof who === 'string' ? { emailAddress: who } : who
  const emailAddress = person.emailAddress ?? `user-${++users}@example.com`
  const password = person.password ?? `correct horse ${emailAddress}`
  const isKnown = person.id !== undefined
  const { fields = {}, transport = 'bearer' } = person
  const body = {
    ...(isKnown ? {} : fields),
    ...{ email_address: emailAddress, password },
    ...(transport === 'cookie' ? { transport } : {}),
  }
  const said = await obtain(app, isKnown ? 'POST /v1/session' : 'POST /v1/registrations', {
    body,
    headers: transport === 'cookie' ? ownPage : {},
    status: isKnown ? 200 : 201,
  })
  const { token, headers } = transport === 'cookie' ? inCookie(said) : inHeader(said)
  const id = person.id ?? textOf(said.body.user, 'id')
  return { id, emailAddress, password, token, headers }
}

// What a browser says about a request from a page of the API's own origin (Fetch Metadata §2.3).
const ownPage = { 'sec-fetch-site': 'same-origin' }

type Held = Pick<TestUser, 'token' | 'headers'>

function inHeader({ body }: Said): Held {
  const token = textOf(body, 'token')
  return { token, headers: { authorization: `Bearer ${token}` } }
}

function inCookie({ headers, text }: Said): Held {
  const cookies = headers.getSetCookie().map((line) => line.replace(/;.*/s, ''))
  const cookie = cookies.find((pair) => /^(?:__Host-)?session=lks_/.test(pair))
  if (cookie === undefined) throw new Error(`No cookie came with the answer ${text}`)
  const token = cookie.replace(/^[^=]*=/, '')
  return { token, headers: { cookie, ...ownPage } }
}
