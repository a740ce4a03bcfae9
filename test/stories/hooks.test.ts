// What an application adds to what happens to a user: its own rows, with Latchkey's or not at all.
import {
  type Auth,
  AuthError,
  type AuthOptions,
  type Connection,
  createApp,
  createAuth,
  createMailbox,
  createOutbox,
  createStore,
  type Database,
  type Hooks,
} from 'latchkey/server'
import { expect, test, vi } from 'vitest'
import { z } from 'zod'
import { ann, bearer, cheapHash, mailFrom, openDatabase, read } from '../harness.ts'

const signUpFields = z.object({ name: z.string().min(1).max(100) })
type Fields = z.infer<typeof signUpFields>

async function startWith(
  hooks: Partial<Hooks<Fields>> | ((database: Database) => Partial<Hooks<Fields>>),
  options: Partial<AuthOptions<Fields>> = {},
) {
  const database = await openDatabase()
  await database.migration((each) =>
    each.script('CREATE TABLE profiles (user_id TEXT NOT NULL, name TEXT)'),
  )
  const auth = createAuth({
    store: createStore(database),
    passwordHash: cheapHash,
    rateLimits: 'off',
    signUpFields,
    hooks: typeof hooks === 'function' ? hooks(database) : hooks,
    ...options,
  })
  const app = createApp(auth, { log: { info() {}, error() {} } })
  const mailbox = createMailbox()
  const outbox = createOutbox(auth, {
    transport: mailbox,
    from: mailFrom,
    appUrl: 'https://app.example.com',
  })
  const send = async (line: string, body: object | null, headers = {}) => {
    const [method = '', path = ''] = line.split(' ')
    const json = { 'content-type': 'application/json', ...headers }
    const sent = body === null ? {} : { body: JSON.stringify(body) }
    return read(await app.request(path, { method, headers: json, ...sent }))
  }
  const count = async (table: string) => (await database.query(`SELECT 1 FROM ${table}`)).length
  return { auth, database, send, count, outbox, mailbox }
}

function insertProfile(connection: Connection, userId: string, name: string | undefined) {
  return connection.query('INSERT INTO profiles (user_id, name) VALUES ($1, $2)', [
    userId,
    name ?? null,
  ])
}

const annWithName = { ...ann, name: 'Ann' }

test('a field of the application’s own is parsed, documented, and given to the hook', async () => {
  const { send, database } = await startWith({
    async onUserCreated({ user, fields }, { connection }) {
      await insertProfile(connection, user.id, fields?.name)
    },
  })
  const { status, body } = await send('POST /v1/registrations', annWithName)
  expect(status).toBe(201)
  expect(await database.query('SELECT user_id, name FROM profiles')).toEqual([
    [body.user.id, 'Ann'],
  ])
  const refused = await send('POST /v1/registrations', { ...ann, password: 'x' })
  expect(refused.status).toBe(422)
  expect(refused.body.details.map(({ field }: { field: string }) => field)).toEqual([
    'password',
    'name',
  ])
  const { paths } = (await send('GET /openapi.json', null)).body
  const { schema } = paths['/v1/registrations'].post.requestBody.content['application/json']
  expect(schema.properties).toHaveProperty('name')
  expect(schema.required).toContain('name')
})

test('what a hook throws leaves no user, no session, no row of its own, and no event', async () => {
  const { send, count } = await startWith({
    async onUserCreated({ user, fields }, { connection }) {
      await insertProfile(connection, user.id, fields?.name)
      throw new Error('no more profiles')
    },
  })
  const { status, body } = await send('POST /v1/registrations', annWithName)
  expect([status, body.code]).toEqual([500, 'internal_error'])
  for (const table of ['users', 'sessions', 'profiles', 'events', 'seen_devices']) {
    expect([table, await count(table)]).toEqual([table, 0])
  }
})

test('an AuthError of a hook is the refusal that it is', async () => {
  const { send, count } = await startWith({
    onUserCreated() {
      throw new AuthError('rate_limited', { retryAfterSeconds: 7 })
    },
  })
  const { status, headers } = await send('POST /v1/registrations', annWithName)
  expect([status, headers.get('retry-after')]).toEqual([429, '7'])
  expect(await count('users')).toBe(0)
})

test('a hook refuses a field of its own, by its name, its code and in its words', async () => {
  const { send, count } = await startWith({
    onUserCreated({ fields }) {
      const code = fields?.name === 'Ann' ? 'taken' : 'too_royal'
      const message = code === 'taken' ? {} : { message: 'is for kings' }
      throw new AuthError('validation_failed', { fields: [{ field: 'name', code, ...message }] })
    },
  })
  const { status, body } = await send('POST /v1/registrations', annWithName)
  expect([status, body.details]).toEqual([
    422,
    [{ field: 'name', code: 'taken', message: 'Name has already been taken' }],
  ])
  const king = await send('POST /v1/registrations', { ...ann, name: 'Rex' })
  expect(king.body.details).toMatchObject([{ code: 'too_royal', message: 'Name is for kings' }])
  expect(await count('users')).toBe(0)
})

test('a statement that a hook does not wait for is waited for all the same', async () => {
  const error = vi.fn()
  const { send, count } = await startWith(
    {
      onUserCreated({ user }, { connection }) {
        void insertProfile(connection, user.id, 'Ann')
        void connection.query('INSERT INTO nowhere VALUES ($1)', [user.id])
      },
    },
    { log: { info() {}, error } },
  )
  expect((await send('POST /v1/registrations', annWithName)).status).toBe(500)
  expect([await count('users'), await count('profiles')]).toEqual([0, 0])
  expect(error.mock.calls[0]?.[0]).toMatchObject({ hook: 'onUserCreated', err: expect.any(Error) })
})

test('what is left for after the commit is called then, and its failure is logged', async () => {
  const seen: string[] = []
  const error = vi.fn()
  const { send, count } = await startWith(
    (database) => ({
      async onUserCreated({ user }, { afterCommit }) {
        afterCommit(async () => {
          const rows = await database.query('SELECT id FROM users WHERE id = $1', [user.id])
          seen.push(`after ${rows.length}`)
        })
        afterCommit(() => {
          throw new Error('the queue is away')
        })
        seen.push('inside')
      },
    }),
    { log: { info() {}, error } },
  )
  expect((await send('POST /v1/registrations', annWithName)).status).toBe(201)
  await vi.waitFor(() => expect(seen).toEqual(['inside', 'after 1']))
  await vi.waitFor(() => expect(error).toHaveBeenCalledTimes(1))
  expect(error.mock.calls[0]).toEqual([
    { err: expect.any(Error) },
    'a callback of afterCommit failed',
  ])
  expect(await count('users')).toBe(1)
})

test('what is left for after the commit is called behind the answer, which need not wait for it', async () => {
  const seen: string[] = []
  const { auth } = await startWith({
    onUserCreated: (_created, { afterCommit }) => afterCommit(() => void seen.push('called')),
  })
  await auth.createUser({ emailAddress: ann.email_address, password: ann.password })
  seen.push('answered')
  await vi.waitFor(() => expect(seen).toEqual(['answered', 'called']))
})

test('a hook that calls auth is undone, and so is what it called', async () => {
  const error = vi.fn()
  const holder: { auth: Auth | null } = { auth: null }
  const { auth, send, count } = await startWith(
    {
      async onUserCreated({ user }) {
        await holder.auth?.requestPasswordReset(user.emailAddress)
      },
    },
    { log: { info() {}, error } },
  )
  holder.auth = auth
  expect((await send('POST /v1/registrations', annWithName)).status).toBe(500)
  expect([await count('users'), await count('outbox')]).toEqual([0, 0])
  expect(error.mock.calls[0]?.[0]).toMatchObject({ hook: 'onUserCreated' })
  expect(String(error.mock.calls[0]?.[0].err)).toContain('may not call auth')
})

test('after the commit auth may be called, and afterCommit not any more', async () => {
  const holder: { auth: Auth | null } = { auth: null }
  const late: ((callback: () => unknown) => void)[] = []
  const { auth, send, count } = await startWith({
    onUserCreated({ user }, { afterCommit }) {
      afterCommit(() => holder.auth?.requestPasswordReset(user.emailAddress))
      late.push(afterCommit)
    },
  })
  holder.auth = auth
  expect((await send('POST /v1/registrations', annWithName)).status).toBe(201)
  await vi.waitFor(async () => expect(await count('outbox')).toBe(1))
  expect(() => late[0]?.(() => {})).toThrow('after its hook had ended')
})

test('what is undone calls nobody back', async () => {
  const seen: string[] = []
  const { send } = await startWith({
    onUserCreated: (_created, { afterCommit }) => afterCommit(() => void seen.push('user')),
    onSessionCreated() {
      throw new Error('no')
    },
  })
  expect((await send('POST /v1/registrations', annWithName)).status).toBe(500)
  await new Promise((resolve) => setImmediate(resolve))
  expect(seen).toEqual([])
})

test('each hook is called for what it is named after, with whom it is about', async () => {
  const calls: string[] = []
  const { send, auth, outbox, mailbox } = await startWith({
    onUserCreated: ({ user, fields }) =>
      void calls.push(`user ${user.emailAddress} ${fields?.name}`),
    onSessionCreated: ({ user, session }) =>
      void calls.push(`session ${user.emailAddress} ${session.userId === user.id}`),
    onPasswordChanged: ({ user }) => void calls.push(`password ${user.emailAddress}`),
    onEmailAddressVerified: ({ user, previous }) =>
      void calls.push(`verified ${user.emailAddress} ${previous}`),
    onUserDeleted: ({ user }) => void calls.push(`deleted ${user.emailAddress}`),
  })
  const during = async (act: () => Promise<unknown>) => {
    calls.splice(0)
    await act()
    return [...calls]
  }
  const tokenOf = () => /lk[rv]_\w+/.exec(mailbox.mails[0]?.text ?? '')?.[0] ?? ''
  let own = {}
  expect(
    await during(async () => {
      own = bearer((await send('POST /v1/registrations', annWithName)).body.token)
    }),
  ).toEqual(['user ann@example.com Ann', 'session ann@example.com true'])
  expect(await during(() => send('POST /v1/session', ann))).toEqual([
    'session ann@example.com true',
  ])
  expect(await during(() => send('POST /v1/session', { ...ann, password: 'x' }))).toEqual([])
  expect(
    await during(async () => {
      await send('POST /v1/email_verifications', null, own)
      await outbox.deliverDue()
      await send('PUT /v1/email_verifications', { token: tokenOf() }, own)
    }),
  ).toEqual(['verified ann@example.com null'])
  expect(
    await during(async () => {
      await send('PATCH /v1/user', { email_address: 'ann@new.example' }, own)
      await outbox.deliverDue()
      await send('PUT /v1/email_verifications', { token: tokenOf() }, own)
    }),
  ).toEqual(['verified ann@new.example ann@example.com'])
  const password = 'another horse battery'
  expect(
    await during(() =>
      send('PUT /v1/password', { password_challenge: ann.password, password }, own),
    ),
  ).toEqual(['password ann@new.example'])
  expect(
    await during(async () => {
      await send('POST /v1/passwords', { email_address: 'ann@new.example' })
      await outbox.deliverDue()
      await send('PUT /v1/passwords', { token: tokenOf(), password: ann.password })
    }),
  ).toEqual(['password ann@new.example'])
  expect(
    await during(async () => {
      const user = await auth.createUser({ emailAddress: 'bob@example.com', password })
      await auth.setPassword({ emailAddress: 'bob@example.com', password: ann.password })
      await auth.deleteUser(user)
    }),
  ).toEqual([
    'user bob@example.com undefined',
    'password bob@example.com',
    'deleted bob@example.com',
  ])
})

test('a reset proves the address of whoever never did, and says so', async () => {
  const calls: string[] = []
  const { send, outbox, mailbox } = await startWith({
    onEmailAddressVerified: ({ user }) => void calls.push(user.emailAddress),
  })
  await send('POST /v1/registrations', annWithName)
  await send('POST /v1/passwords', ann)
  await outbox.deliverDue()
  const token = /lkr_\w+/.exec(mailbox.mails[0]?.text ?? '')?.[0]
  await send('PUT /v1/passwords', { token, password: 'another horse battery' })
  expect(calls).toEqual([ann.email_address])
})

test('a hook that takes too long is undone, and others go on', async () => {
  let isSlow = true
  const error = vi.fn()
  const { send, count } = await startWith(
    { onUserCreated: () => (isSlow ? new Promise(() => {}) : undefined) },
    { log: { info() {}, error } },
  )
  const { status } = await send('POST /v1/registrations', annWithName)
  expect(status).toBe(503)
  expect(error.mock.calls).toEqual([
    [{ hook: 'onUserCreated', err: expect.any(Error) }, expect.stringContaining('took too long')],
  ])
  expect(await count('users')).toBe(0)
  isSlow = false
  expect((await send('POST /v1/registrations', annWithName)).status).toBe(201)
}, 20_000)

test('a rule of one’s own without words refuses in words, and one with words in its own', async () => {
  const name = z
    .string()
    .refine((text) => text !== 'root')
    .refine((text) => text.length > 4, 'is too plain')
  const { send, count } = await startWith({}, { signUpFields: z.object({ name }) })
  const { status, body } = await send('POST /v1/registrations', { ...ann, name: 'root' })
  expect([status, body.error]).toEqual([422, ['Name is invalid', 'Name is too plain']])
  expect(await count('users')).toBe(0)
})

test('fields that would take the place of Latchkey’s own are refused at the start', async () => {
  const { auth } = await startWith({})
  const { store } = auth.config
  for (const name of ['email_address', 'password', 'password_confirmation', 'transport']) {
    const own = z.object({ [name]: z.string() })
    expect(() => createAuth({ store, signUpFields: own })).toThrow(
      `signUpFields cannot have a field ${name}`,
    )
  }
  const across = signUpFields.refine(() => true)
  expect(() => createAuth({ store, signUpFields: across })).toThrow(RangeError)
})

test('a hook that no act calls is refused at the start', async () => {
  const { auth } = await startWith({})
  const { store } = auth.config
  const mistyped: object = { onUserCreate() {} }
  expect(() => createAuth({ store, hooks: mistyped })).toThrow('but not onUserCreate')
  const hooks: object = { onUserCreated: 3 }
  expect(() => createAuth({ store, hooks })).toThrow(RangeError)
})
