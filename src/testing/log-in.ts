import { obtain, type Said, type TestedApp, textOf } from './tested-app.ts'

/** A user who is logged in, with the headers of their requests. */
export interface TestUser {
  readonly id: string
  readonly emailAddress: string
  readonly password: string
  readonly token: string
  /** `Authorization`; or the cookie, with the header by which a browser identifies a page of the same origin. */
  readonly headers: Readonly<Record<string, string>>
}

/** Whom to log in as. A user with an `id` exists already; any other user is signed up. */
export interface LogIn {
  readonly id?: string | undefined
  /** Default: an address that is not in use. */
  readonly emailAddress?: string | undefined
  readonly password?: string | undefined
  /** The fields of your sign-up besides address and password. */
  readonly fields?: Readonly<Record<string, unknown>> | undefined
  /** How requests carry the token; default `bearer`. */
  readonly transport?: 'bearer' | 'cookie' | undefined
}

let users = 0

/**
 * Signs a user up by the API, and returns what their requests need: `app.request('/v1/notes', { headers })`. Given an
 * existing user, it logs them in again, as on another device.
 *
 * @param who an address, or more about the user; default a new user
 * @throws Error if the app refuses, with its answer
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

// The header that a browser adds to a request from a page of the API's own origin (Fetch Metadata §2.3).
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
