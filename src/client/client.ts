import { pageQuery } from './page-query.ts'
import { type Fetch, readJson, send } from './sender.ts'
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
  /** Where the session is kept: `inMemory()`, `inWebStorage('localStorage')`, `inCookie()`, or your own storage. */
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
 * Creates a client of an API. Every verb, and `fetch`, throws an `ApiError` for anything but success.
 *
 * @param url the URL of the API, such as `https://api.example.com` or `/api`
 * @throws TypeError if it is not such a URL
 */
export function createClient(url: string, { session, fetch = fetchOfNow }: ClientOptions) {
  if (!/^(https?:\/\/[^/\\@?#\s]+)?(\/(?![/\\])[^?#\s]*)?$/.test(url)) {
    throw new TypeError(`${url} is not an API URL`)
  }
  const api = url.replace(/\/+$/, '')
  const keeper = new SessionKeeper(`latchkey ${api}`, session)
  const { tabs } = keeper
  const transport = 'hint' in session ? 'cookie' : 'bearer'

  const transmit = (path: string, init: RequestInit) => send(fetch, api + path, init)

  // Shows or deletes the session, and returns whether it was alive. `keepalive` lets the request outlive the page.
  async function reach(method: 'GET' | 'DELETE', token: string | null): Promise<boolean> {
    try {
      await transmit('/v1/session', keeper.carrying(token, { method, keepalive: true }))
      return true
    } catch (error) {
      if (keeper.isDeath(error)) return false
      throw error
    }
  }

  // Ends a session whose token is no longer kept. If that fails, the session expires by itself.
  function abandon(token: string | null): void {
    if (token !== null) reach('DELETE', token).catch(() => {})
  }

  // Asks with the cookie that the browser has now. If the API cannot be reached, nobody is logged out.
  const isAlive = () => reach('GET', null).catch(() => true)

  // What to do when a request finds its session dead.
  type OnDeath = (departure: Departure) => Promise<void>
  const judge: OnDeath = (departure) => keeper.judge(departure, isAlive)
  const judgeAlone: OnDeath = (departure) => tabs.alone(() => judge(departure))

  async function request(
    path: string,
    init: RequestInit = {},
    onDeath = judgeAlone,
  ): Promise<Response> {
    const departure = await keeper.depart(init)
    try {
      return await transmit(path, departure.init)
    } catch (error) {
      if (keeper.isDeath(error)) await onDeath(departure)
      throw error
    }
  }

  async function call<T>(
    method: string,
    path: string,
    { body, onDeath = judgeAlone }: { readonly body?: object; readonly onDeath?: OnDeath } = {},
  ): Promise<T> {
    const json = { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }
    const response = await request(path, { method, ...(body && json) }, onDeath)
    // Not parsed: a test compares these types with the schemas of the routes.
    return (response.status === 204 ? undefined : await readJson(response)) as T
  }

  /** @param keeping resolves to the token that is no longer kept; null for none */
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
    /**
     * Sends a request of your own, with the session, to this API.
     *
     * @throws TypeError for anything but a path of the API
     */
    async fetch(path: string, init?: RequestInit): Promise<Response> {
      // SECURITY: the token must go only to this API. `@evil.example` appended to its host would be another host, and
      // so would `//evil.example` if the API's URL is a path; `/..` may lead to a neighbouring path. URL parsers
      // ignore tabs and line breaks.
      if (!/^\/(?![/\\])/.test(path) || /[\t-\r]|[/\\](\.|%2e){2}/i.test(path)) {
        throw new TypeError(`${path} is not an API URL`)
      }
      return request(path, init)
    },
    /** Calls the listener when the session begins or ends, here or in another tab. Returns a function that stops it. */
    listen: (listener: Listener) => tabs.listen(listener),
    /** False only if it is certain, without a request, that nobody is logged in. */
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
      /** Logs in, and ends the previous session of this client. */
      async create(credentials: Credentials): Promise<void> {
        const body = { ...credentials, transport }
        await begin(await call<{ token?: string }>('POST', '/v1/session', { body }))
      },
      show: () => call<{ session: Session; user: User }>('GET', '/v1/session'),
      /**
       * Logs out. A token is forgotten first, even without a network. A cookie can only be deleted by the API, and
       * stays if that cannot be reached.
       */
      async delete(): Promise<void> {
        if (transport === 'bearer') {
          const token = await keeper.token().finally(() => keeper.end())
          if (token !== null) await reach('DELETE', token)
          return
        }
        // If the session was dead, another tab may just have received a new cookie: that one is logged out as well.
        if (!(await reach('DELETE', null))) await tabs.alone(() => reach('DELETE', null))
        await keeper.end()
      },
      /** Rotates the token of the session. */
      rotate: (): Promise<void> =>
        tabs.alone(async () => {
          const old = await keeper.token()
          const { token } = await call<{ token?: string }>('PUT', '/v1/session/token', {
            body: { transport },
            onDeath: judge,
          })
          if (token !== undefined) await keep(token, keeper.replace(old, token))
        }),
      freshen: (password_challenge: string) =>
        call<{ fresh_until: string }>('PUT', '/v1/session/freshness', {
          body: { password_challenge },
        }),
    },
    // An empty id becomes `-`, which no session has: a proxy that drops the last slash would make it a request for all.
    sessions: {
      list: (page?: PageQuery) =>
        call<{ sessions: Session[]; next_cursor: string | null }>(
          'GET',
          `/v1/sessions${pageQuery(page)}`,
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
          `/v1/api_keys${pageQuery(page)}`,
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
          `/v1/events${pageQuery(page)}`,
        ),
    },
  }
}

// Looked up at each request, since it may be replaced later.
const fetchOfNow: Fetch = (url, init) => globalThis.fetch(url, init)
