import { failure } from './api-error.ts'
import { type Fetch, send } from './sender.ts'
import { type Departure, SessionKeeper } from './session-keeper.ts'
import type { Listener } from './tabs.ts'
import type { CookieStorage, TokenStorage } from './token-storage.ts'
import type {
  AccessToken,
  AddressProof,
  ApiKey,
  AuditEvent,
  Challenged,
  Credentials,
  NewApiKey,
  NewEmailAddress,
  NewPassword,
  NewUser,
  PageQuery,
  PasswordReset,
  Session,
  User,
  WantedAccessToken,
} from './wire.ts'

export interface ClientOptions {
  /** Where the session is kept: `inMemory()`, `inWebStorage('localStorage')`, `inCookie()`, or your own. */
  readonly session: TokenStorage | CookieStorage
  /** Default: the global `fetch`. */
  readonly fetch?: Fetch
}

/** The outcome of a sign-up: a session at once, or a mail if addresses must be confirmed first. */
export type SignedUp =
  | { readonly outcome: 'signed_up'; readonly user: User }
  | { readonly outcome: 'confirmation_sent'; readonly message: string }

export type Client = ReturnType<typeof createClient>

/**
 * A client of one API. Every verb, and `fetch`, throws an `ApiError` for anything but success.
 *
 * @param url where the API is, such as `https://api.example.com` or `/api`
 * @throws TypeError for any other text
 */
export function createClient(url: string, { session, fetch = fetchOfNow }: ClientOptions) {
  if (!/^(https?:\/\/[^/\\@?#\s]+)?(\/(?![/\\])[^?#\s]*)?$/.test(url)) {
    throw new TypeError(`${url} is no API URL`)
  }
  const api = url.replace(/\/+$/, '')
  const keeper = new SessionKeeper(`latchkey ${api}`, session)
  const { tabs } = keeper
  const transport = 'hint' in session ? 'cookie' : 'bearer'

  const transmit = (path: string, init: RequestInit) => send(fetch, api + path, init)

  // Returns whether the session was alive. `keepalive` lets the request outlive the page.
  async function reach(method: 'GET' | 'DELETE', token: string | null): Promise<boolean> {
    try {
      await transmit('/v1/session', keeper.carrying(token, { method, keepalive: true }))
      return true
    } catch (error) {
      if (keeper.isDeath(error)) return false
      throw error
    }
  }

  // Ends a session whose token nobody keeps any more. If that fails, it expires in its time.
  function abandon(token: string | null): void {
    if (token !== null) reach('DELETE', token).catch(() => {})
  }

  // Judged by the browser's cookie of now; if the API cannot be asked, nobody is logged out.
  const lives = () => reach('GET', null).catch(() => true)

  type Heed = (departure: Departure) => Promise<void>
  const judge: Heed = (departure) => keeper.judge(departure, lives)
  const notice: Heed = (departure) => tabs.alone(() => judge(departure))

  async function request(path: string, init: RequestInit = {}, heed = notice): Promise<Response> {
    const departure = await keeper.depart(init)
    try {
      return await transmit(path, departure.init)
    } catch (error) {
      if (keeper.isDeath(error)) await heed(departure)
      throw error
    }
  }

  async function call<T>(
    method: string,
    path: string,
    { body, heed = notice }: { readonly body?: object; readonly heed?: Heed } = {},
  ): Promise<T> {
    const json = { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }
    const response = await request(path, { method, ...(body && json) }, heed)
    // A test compares these types with the schemas of the routes.
    return (response.status === 204 ? undefined : await read(response)) as T
  }

  /** @param keeping resolves to the token that nobody keeps any more */
  async function keep(token: string | null, keeping: Promise<string | null>): Promise<void> {
    try {
      abandon(await keeping)
    } catch (error) {
      abandon(token)
      throw error
    }
  }

  const begin = ({ token = null }: { token?: string | null }) => keep(token, keeper.begin(token))

  return {
    /** A request of your own, with the session, to this API alone: anything but a path of it is a TypeError. */
    async fetch(path: string, init?: RequestInit): Promise<Response> {
      // SECURITY: the token goes to this API alone. `@evil.example` behind its host would be another one, and so would
      // `//evil.example` alone; `/..` may lead to a neighbour. Tabs and line breaks are dropped from URLs.
      if (!/^\/(?![/\\])/.test(path) || /[\t-\r]|[/\\](\.|%2e){2}/i.test(path)) {
        throw new TypeError(`${path} is no API URL`)
      }
      return request(path, init)
    },
    /** Calls the listener when the session begins or ends, here or in another tab. Returns how to stop. */
    listen: (listener: Listener) => tabs.listen(listener),
    /** False if certainly nobody is logged in; known without a request. */
    mayBeSignedIn: () => keeper.mayExist(),
    registrations: {
      async create(fields: NewUser): Promise<SignedUp> {
        const answered = await call<{ token?: string; user?: User; message?: string }>(
          'POST',
          '/v1/registrations',
          { body: { ...fields, transport } },
        )
        const { user, message = '' } = answered
        if (!user) return { outcome: 'confirmation_sent', message }
        await begin(answered)
        return { outcome: 'signed_up', user }
      },
    },
    session: {
      /** Logs in, and ends the session that was here before. */
      async create(credentials: Credentials): Promise<void> {
        const body = { ...credentials, transport }
        await begin(await call<{ token?: string }>('POST', '/v1/session', { body }))
      },
      show: () => call<{ session: Session; user: User }>('GET', '/v1/session'),
      /**
       * Logs out. A token is forgotten first, which needs no network. A cookie belongs to the browser, and
       * stays if the API cannot be reached.
       */
      async delete(): Promise<void> {
        if (transport === 'bearer') {
          const token = await keeper.token().finally(() => keeper.end())
          if (token !== null) await reach('DELETE', token)
          return
        }
        // If it was dead, another tab may have received a new cookie at that moment.
        if (!(await reach('DELETE', null))) await tabs.alone(() => reach('DELETE', null))
        await keeper.end()
      },
      /** Rotates the token of the session. */
      rotate: (): Promise<void> =>
        tabs.alone(async () => {
          const old = await keeper.token()
          const { token } = await call<{ token?: string }>('PUT', '/v1/session/token', {
            body: { transport },
            heed: judge,
          })
          if (token !== undefined) await keep(token, keeper.replace(old, token))
        }),
      freshen: (password_challenge: string) =>
        call<{ fresh_until: string }>('PUT', '/v1/session/freshness', {
          body: { password_challenge },
        }),
    },
    // No id is `-`, which nobody has: where a proxy drops the last slash, it would name them all.
    sessions: {
      list: (page?: PageQuery) =>
        call<{ sessions: Session[]; next_cursor: string | null }>(
          'GET',
          `/v1/sessions${query(page)}`,
        ),
      rename: (id: string, name: string) =>
        call<{ session: Session }>('PATCH', `/v1/sessions/${encodeURIComponent(id) || '-'}`, {
          body: { name },
        }),
      delete: (id: string) => call<void>('DELETE', `/v1/sessions/${encodeURIComponent(id) || '-'}`),
      deleteOthers: () => call<{ revoked: number }>('DELETE', '/v1/sessions'),
    },
    user: {
      show: () => call<{ user: User }>('GET', '/v1/user'),
      update: (body: NewEmailAddress) => call<{ message: string }>('PATCH', '/v1/user', { body }),
      async delete(body: Challenged = {}): Promise<void> {
        await call<void>('DELETE', '/v1/user', { body })
        await keeper.end()
      },
    },
    password: {
      update: (body: NewPassword) => call<{ message: string }>('PUT', '/v1/password', { body }),
    },
    passwords: {
      create: (email_address: string) =>
        call<{ message: string }>('POST', '/v1/passwords', { body: { email_address } }),
      update: (body: PasswordReset) => call<{ message: string }>('PUT', '/v1/passwords', { body }),
    },
    emailVerifications: {
      create: () => call<{ message: string }>('POST', '/v1/email_verifications'),
      update: (body: AddressProof) =>
        call<{ user: User }>('PUT', '/v1/email_verifications', { body }),
    },
    apiKeys: {
      list: (page?: PageQuery) =>
        call<{ api_keys: ApiKey[]; next_cursor: string | null }>(
          'GET',
          `/v1/api_keys${query(page)}`,
        ),
      create: (body: NewApiKey) =>
        call<{ api_key: ApiKey; token: string }>('POST', '/v1/api_keys', { body }),
      delete: (id: string) => call<void>('DELETE', `/v1/api_keys/${encodeURIComponent(id) || '-'}`),
    },
    accessTokens: {
      create: (body: WantedAccessToken) => call<AccessToken>('POST', '/v1/access_tokens', { body }),
    },
    events: {
      list: (page?: PageQuery) =>
        call<{ events: AuditEvent[]; next_cursor: string | null }>(
          'GET',
          `/v1/events${query(page)}`,
        ),
    },
  }
}

// Looked up at each request, since somebody may replace it later.
const fetchOfNow: Fetch = (url, init) => globalThis.fetch(url, init)

/** @throws ApiError if the body is no JSON, such as a page of a proxy */
async function read(response: Response): Promise<unknown> {
  const { status } = response
  return response.json().catch((cause) => {
    throw failure('unknown', 'The answer cannot be used', { cause, status })
  })
}

function query(page: PageQuery = {}): string {
  let asked = ''
  for (const [name, value] of Object.entries(page)) {
    if (value != null) asked += `${asked ? '&' : '?'}${name}=${encodeURIComponent(value)}`
  }
  return asked
}
