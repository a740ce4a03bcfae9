// Every way in which a credential ends, and everything that it could have been used for: nothing of it
// works at the next request, in this process or in one that starts afterwards.
import { createApp, createAuth, createStore, type Route } from 'latchkey/server'
import { expect, test } from 'vitest'
import { routeTable } from '../../src/http/routes.ts'
import { routes as templateRoutes } from '../../templates/api/routes.ts'
import {
  ann,
  bearer,
  cheapHash,
  mailedToken,
  type Server,
  signUp,
  startServer,
} from '../harness.ts'

const another = 'another horse battery'

/** What a user holds: the session that is to end, another one, and links in their mail. */
interface Held {
  readonly server: Server
  readonly token: string
  readonly other: string
  readonly reset: string
  readonly proof: string
}

interface Way {
  readonly end: (held: Held) => Promise<unknown>
  /** What of the rest ends with it. */
  readonly ends: readonly ('other' | 'reset' | 'proof')[]
}

const ways: Record<string, Way> = {
  'a log-out': {
    end: ({ server, token }) => server.send('DELETE /v1/session', undefined, bearer(token)),
    ends: [],
  },
  'another device that ends it': {
    async end({ server, token, other }) {
      const { body } = await server.send('GET /v1/session', undefined, bearer(token))
      await server.send(`DELETE /v1/sessions/${body.session.id}`, undefined, bearer(other))
    },
    ends: [],
  },
  'another device that ends all others': {
    end: ({ server, other }) => server.send('DELETE /v1/sessions', undefined, bearer(other)),
    ends: [],
  },
  'a new token in its place': {
    end: ({ server, token }) => server.send('PUT /v1/session/token', undefined, bearer(token)),
    ends: [],
  },
  'a changed password': {
    end: ({ server, other }) => {
      const change = { password_challenge: ann.password, password: another }
      return server.send('PUT /v1/password', change, bearer(other))
    },
    ends: ['reset', 'proof'],
  },
  'a reset': {
    end: ({ server, reset }) =>
      server.send('PUT /v1/passwords', { token: reset, password: another }),
    ends: ['other', 'reset', 'proof'],
  },
  'a ban': {
    end: async ({ server }) => server.auth.banUser(await idOf(server)),
    ends: ['other', 'reset', 'proof'],
  },
  'an operator who logs the user out': {
    end: async ({ server }) => server.auth.revokeSessions(await idOf(server)),
    ends: ['other'],
  },
  'the end of the account': {
    end: ({ server, other }) =>
      server.send('DELETE /v1/user', { password_challenge: ann.password }, bearer(other)),
    ends: ['other', 'reset', 'proof'],
  },
  'more log-ins than may be': {
    async end({ server, other }) {
      // The other one was later: with a cap of two it stays.
      server.clock.advance({ minutes: 1 })
      await server.send('POST /v1/session', ann)
      expect(await statusOf(server, other)).toBe(200)
    },
    ends: [],
  },
  'thirty days without use': {
    end: async ({ server }) => server.clock.advance({ days: 30, minutes: 1 }),
    ends: ['other', 'reset', 'proof'],
  },
}

test.each(Object.entries(ways))('%s is the end, for every route', async (_name, { end, ends }) => {
  const held = await hold()
  const { server, token, other, reset, proof } = held
  const routes = routeTable(server.auth, { routes: templateRoutes(server.database) })
  const closed = routes.filter(({ access }) => access === 'session' || access === 'fresh')
  expect(closed.length).toBeGreaterThan(15)
  expect([await statusOf(server, token), await statusOf(server, other)]).toEqual([200, 200])
  await end(held)
  const before = await rows(server)
  for (const { send } of [server, restarted(server)]) {
    for (const route of closed) {
      const body = route.method === 'GET' ? undefined : {}
      const reply = await send(lineOf(route), body, bearer(token))
      const { status } = reply
      expect([lineOf(route), status, reply.body.code]).toEqual([
        lineOf(route),
        401,
        'invalid_token',
      ])
    }
    const check = await send('GET /v1/session', undefined, bearer(other))
    expect(check.status).toBe(ends.includes('other') ? 401 : 200)
  }
  expect(await rows(server)).toEqual(before)
  const password = 'a third horse battery'
  const redeemed = [
    await server.send('PUT /v1/email_verifications', { token: proof, password: ann.password }),
    await server.send('PUT /v1/passwords', { token: reset, password }),
  ]
  expect(redeemed.map(({ status }) => status)).toEqual([
    ends.includes('proof') ? 401 : 200,
    ends.includes('reset') ? 401 : 200,
  ])
})

async function hold(): Promise<Held> {
  const server = await startServer({ auth: { sessions: { maximumPerUser: 2 } } })
  const token = await signUp(server)
  server.clock.advance({ minutes: 1 })
  const other = (await server.send('POST /v1/session', ann)).body.token
  await server.send('POST /v1/passwords', ann)
  await server.outbox.deliverDue()
  const reset = mailedToken(server)
  await server.send('POST /v1/email_verifications', undefined, bearer(token))
  await server.outbox.deliverDue()
  return { server, token, other, reset, proof: mailedToken(server) }
}

/** The same database and time, in a process that knows nothing of what was. */
function restarted({ database, clock }: Server): Pick<Server, 'send'> {
  const store = createStore(database)
  const auth = createAuth({ store, clock, passwordHash: cheapHash, rateLimits: 'off' })
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

async function statusOf({ send }: Server, token: string): Promise<number> {
  return (await send('GET /v1/session', undefined, bearer(token))).status
}

async function idOf({ auth }: Server): Promise<string> {
  const [user] = await auth.config.store.listUsers({ limit: 1, after: null })
  return user?.id ?? ''
}

async function rows({ database }: Server) {
  const tables = ['users', 'sessions', 'projects', 'outbox', 'email_changes']
  return Promise.all(tables.map((table) => database.query(`SELECT * FROM ${table}`)))
}

function lineOf({ method, path }: Route): string {
  return `${method} ${path.replace(/:\w+/g, '00000000-0000-7000-8000-000000000000')}`
}
