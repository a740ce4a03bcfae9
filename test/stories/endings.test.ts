// Every way in which a credential ends, and everything that it could have been used for: nothing of it
// works at the next request: in this process, in another one that had seen it good, or in one that starts
// afterwards.
import { createApp, createAuth, createStore, type Route } from 'latchkey/server'
import { expect, test } from 'vitest'
import { scopes, routes as templateRoutes } from '../../templates/api/routes.ts'
import {
  accessTokens,
  ann,
  bearer,
  cheapHash,
  createApiKey,
  emptyDatabaseUrl,
  inCookie,
  mailedToken,
  type Server,
  signUp,
  startServer,
  tableOf,
  verifyAddress,
} from '../harness.ts'
import { type ProbedServer, startProbedServer } from '../second-process.ts'

const another = 'another horse battery'

/** What a user holds: a session, another one, an API key, and links in their mail. */
interface Held {
  readonly server: Server
  readonly elsewhere: ProbedServer
  readonly token: string
  readonly other: string
  readonly key: string
  readonly keyId: string
  readonly reset: string
  readonly proof: string
}

type Credential = 'token' | 'other' | 'key' | 'reset' | 'proof'

interface Way {
  readonly end: (held: Held) => Promise<unknown>
  /** What ends; all else lives on. */
  readonly ends: readonly Credential[]
}

const everything: readonly Credential[] = ['token', 'other', 'key', 'reset', 'proof']

const ways: Record<string, Way> = {
  'a log-out': {
    end: ({ server, token }) => server.send('DELETE /v1/session', undefined, bearer(token)),
    ends: ['token'],
  },
  'another device that ends it': {
    async end({ server, token, other }) {
      const { body } = await server.send('GET /v1/session', undefined, bearer(token))
      await server.send(`DELETE /v1/sessions/${body.session.id}`, undefined, bearer(other))
    },
    ends: ['token'],
  },
  'another device that ends all others': {
    end: ({ server, other }) => server.send('DELETE /v1/sessions', undefined, bearer(other)),
    ends: ['token'],
  },
  'a new token in its place': {
    end: ({ server, token }) => server.send('PUT /v1/session/token', undefined, bearer(token)),
    ends: ['token'],
  },
  'a changed password': {
    end: ({ server, other }) => {
      const change = { password_challenge: ann.password, password: another }
      return server.send('PUT /v1/password', change, bearer(other))
    },
    ends: ['token', 'reset', 'proof'],
  },
  'a reset': {
    end: ({ server, reset }) =>
      server.send('PUT /v1/passwords', { token: reset, password: another }),
    ends: everything,
  },
  'a changed address': {
    end: ({ server, proof, other }) =>
      server.send('PUT /v1/email_verifications', { token: proof }, bearer(other)),
    ends: ['reset', 'proof'],
  },
  'a ban': {
    end: async ({ server }) => server.auth.banUser(await idOf(server)),
    ends: everything,
  },
  'a ban that is lifted': {
    async end({ server }) {
      await server.auth.banUser(await idOf(server))
      await server.auth.unbanUser(await idOf(server))
    },
    ends: everything,
  },
  'an operator who logs the user out': {
    end: async ({ server }) => server.auth.revokeSessions(await idOf(server)),
    ends: ['token', 'other'],
  },
  'an operator who ends the key': {
    end: async ({ server, keyId }) =>
      server.auth.revokeApiKey({ id: keyId, userId: await idOf(server) }),
    ends: ['key'],
  },
  'a user who revokes the key': {
    end: ({ server, keyId, other }) =>
      server.send(`DELETE /v1/api_keys/${keyId}`, undefined, bearer(other)),
    ends: ['key'],
  },
  'the end of the account': {
    end: ({ server, other }) =>
      server.send('DELETE /v1/user', { password_challenge: ann.password }, bearer(other)),
    ends: everything,
  },
  'more log-ins than may be': {
    async end(held) {
      // The other one was later: with a cap of two it stays.
      pass(held, 1)
      await held.server.send('POST /v1/session', ann)
    },
    ends: ['token'],
  },
  'a quarter of an hour, for a link to reset': {
    end: async (held) => pass(held, 15),
    ends: ['reset'],
  },
  'a day, for a link to confirm': {
    end: async (held) => pass(held, 1_440),
    ends: ['reset', 'proof'],
  },
  'thirty days without use': {
    end: async (held) => pass(held, 30 * 1_440 + 1),
    ends: ['token', 'other', 'reset', 'proof'],
  },
  'ninety days': {
    end: async (held) => pass(held, 90 * 1_440),
    ends: everything,
  },
}

test.each(Object.entries(ways))(
  '%s is the end, for every route',
  async (_name, { end, ends }) => {
    const held = await hold()
    const { server, elsewhere, reset, proof } = held
    const routes = tableOf(server)
    // An operator's route knows no user, and no cookie.
    const closed = routes.filter(({ access }) => access !== 'public' && access !== 'operator')
    expect(closed.length).toBeGreaterThan(20)
    const lives = async ({ send }: Pick<Server, 'send'>) => [
      (await send('GET /v1/session', undefined, bearer(held.token))).status,
      (await send('GET /v1/session', undefined, inCookie(held.token))).status,
      (await send('GET /v1/session', undefined, bearer(held.other))).status,
      (await send('GET /v1/projects', undefined, bearer(held.key))).status,
    ]
    expect([await lives(server), await lives(elsewhere)]).toEqual(
      Array(2).fill([200, 200, 200, 200]),
    )
    await end(held)
    const before = await rows(server)
    for (const place of [server, elsewhere, restarted(server)]) {
      for (const credential of (['token', 'other', 'key'] as const).filter((each) =>
        ends.includes(each),
      )) {
        for (const route of closed) {
          const body = route.method === 'GET' ? undefined : {}
          for (const carry of [bearer, inCookie]) {
            const reply = await place.send(lineOf(route), body, carry(held[credential]))
            const said = [credential, lineOf(route), reply.status, reply.body.code]
            expect(said).toEqual([credential, lineOf(route), 401, 'invalid_token'])
            expect(reply.headers.has('set-cookie')).toBe(false)
          }
        }
      }
      const statusOf = (credential: Credential) => (ends.includes(credential) ? 401 : 200)
      const expected = (['token', 'token', 'other', 'key'] as const).map(statusOf)
      expect(await lives(place)).toEqual(expected)
    }
    expect(await rows(server)).toEqual(before)
    const password = 'a third horse battery'
    const place = ends.includes('proof') ? elsewhere : server
    const redeemed = [
      await place.send('PUT /v1/email_verifications', { token: proof, password: ann.password }),
      // Whoever has another address now has no use for a link that was mailed to the old one.
      await elsewhere.send('PUT /v1/passwords', { token: reset, password }),
    ]
    const isProved = !ends.includes('proof')
    expect(redeemed.map(({ status }) => status)).toEqual([
      isProved ? 200 : 401,
      ends.includes('reset') || isProved ? 401 : 200,
    ])
  },
  60_000,
)

async function hold(): Promise<Held> {
  const databaseUrl = await emptyDatabaseUrl()
  const auth = { sessions: { maximumPerUser: 2 } }
  const server = await startServer({ databaseUrl, auth, now: new Date() })
  const elsewhere = await startProbedServer(databaseUrl, { RATE_LIMITS: 'off' })
  const token = await signUp(server)
  await verifyAddress(server, token)
  const { id: keyId, token: key } = await createApiKey(server, token)
  server.clock.advance({ minutes: 1 })
  const other = (await server.send('POST /v1/session', ann)).body.token
  await server.send('POST /v1/passwords', ann)
  await server.outbox.deliverDue()
  const reset = mailedToken(server)
  const change = { email_address: 'ann@new.example', password_challenge: ann.password }
  await server.send('PATCH /v1/user', change, bearer(other))
  await server.outbox.deliverDue()
  const proof = mailedToken(server)
  const held = { server, elsewhere, token, other, key, keyId, reset, proof }
  pass(held, 0)
  return held
}

/** Time goes on, in both processes. */
function pass({ server, elsewhere }: Pick<Held, 'server' | 'elsewhere'>, minutes: number): void {
  server.clock.advance({ minutes })
  elsewhere.tell(`ahead ${server.clock().getTime() - Date.now()}`)
}

/** The same database and time, in a process that knows nothing of what was. */
function restarted({ database, clock }: Server): Pick<Server, 'send'> {
  const store = createStore(database)
  const unguarded = { rateLimits: 'off', passwordHash: cheapHash } as const
  const auth = createAuth({ store, clock, apiKeys: { scopes }, accessTokens, ...unguarded })
  const app = createApp(auth, { routes: templateRoutes(database) })
  const send: Server['send'] = async (line, body, headers = {}) => {
    const [method = '', path = ''] = line.split(' ')
    const json = { 'content-type': 'application/json', ...headers }
    const sent = body === undefined || method === 'GET' ? {} : { body: JSON.stringify(body) }
    const response = await app.request(path, { method, headers: json, ...sent })
    const text = await response.text()
    const read = text === '' ? null : JSON.parse(text)
    return { status: response.status, headers: response.headers, text, body: read }
  }
  return { send }
}

async function idOf({ auth }: Server): Promise<string> {
  const [user] = await auth.listUsers({ limit: 1, after: null })
  return user?.id ?? ''
}

async function rows({ database }: Server) {
  // Without when a credential was last used: that is written behind the answers, as late as it likes.
  const parts = [
    ...['users', 'projects', 'outbox', 'email_changes'].map((table) => `* FROM ${table}`),
    'token_digest, user_id, name, created_at FROM sessions',
    'token_digest, user_id, name, scopes, expires_at FROM api_keys',
  ]
  return Promise.all(parts.map((part) => database.query(`SELECT ${part}`)))
}

function lineOf({ method, path }: Route): string {
  return `${method} ${path.replace(/:\w+/g, '00000000-0000-7000-8000-000000000000')}`
}
