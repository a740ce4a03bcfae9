import {
  AuthError,
  argon2id,
  createAuth,
  createStore,
  type PasswordHash,
  Secret,
} from 'latchkey/server'
import { expect, test } from 'vitest'
import {
  ann,
  bearer,
  cheapHash,
  openDatabase,
  signUp,
  signUpDirectly,
  startServer,
} from '../harness.ts'

const url = 'POST /v1/session'

test('the right address and password open a session of their own', async () => {
  const server = await startServer()
  const first = await signUp(server)
  const { status, body } = await server.send(url, ann)
  expect(status).toBe(200)
  expect(Object.keys(body)).toEqual(['token'])
  expect(body.token).not.toBe(first)
  for (const token of [first, body.token]) {
    expect((await server.send('GET /v1/projects', undefined, bearer(token))).status).toBe(200)
  }
})

test('a wrong password and an unknown address get the same answer, byte for byte', async () => {
  const server = await startServer()
  await signUp(server)
  const id = { 'x-request-id': 'same' }
  const wrong = await server.send(url, { ...ann, password: 'wrong password' }, id)
  const unknown = await server.send(url, { ...ann, email_address: 'bob@example.com' }, id)
  expect(wrong.status).toBe(401)
  expect(wrong.body).toEqual({
    error: 'Invalid email address or password',
    code: 'invalid_credentials',
    request_id: 'same',
  })
  expect(wrong.headers.get('www-authenticate')).toBe('Bearer realm="api"')
  expect(unknown.text).toBe(wrong.text)
  expect([...unknown.headers]).toEqual([...wrong.headers])
  expect(await server.database.query('SELECT id FROM sessions')).toHaveLength(1)
})

test.each([
  ['a space at the end', { password: `${ann.password} ` }],
  ['another case', { password: ann.password.toUpperCase() }],
  ['a NUL and more behind it', { password: `${ann.password}\0more` }],
  ['nothing', { password: '' }],
  ['more than anybody can have', { password: 'x'.repeat(60_000) }],
  ['a lone surrogate', { password: '\ud800' }],
  ['no address at all', { email_address: 'nobody' }],
])('%s opens nothing', async (_case, change) => {
  const server = await startServer()
  await signUp(server)
  const refused = await server.send(url, { ...ann, ...change })
  expect(refused.status).toBe(401)
  expect(refused.body.error).toBe('Invalid email address or password')
})

test('the address may be spelled with capitals and spaces', async () => {
  const server = await startServer()
  await signUp(server)
  expect((await server.send(url, { ...ann, email_address: ' ANN@Example.com ' })).status).toBe(200)
})

test('a password typed on another keyboard, composed otherwise, is the same password', async () => {
  const server = await startServer()
  const password = 'caf\u00e9 au lait'
  await signUp(server, { ...ann, password })
  expect((await server.send(url, { ...ann, password: password.normalize('NFD') })).status).toBe(200)
})

test.each([
  ['missing fields', {}, ["Email address can't be blank", "Password can't be blank"]],
  [
    'an object as address',
    { ...ann, email_address: { like: '%' } },
    ['Email address must be a string'],
  ],
  ['a list of passwords', { ...ann, password: ['a'] }, ['Password must be a string']],
])('%s are refused with the reason, not with a fault', async (_case, body, error) => {
  const { send } = await startServer()
  const refused = await send(url, body)
  expect(refused.status).toBe(422)
  expect(refused.body.error).toEqual(error)
})

test('a token sent along with the log-in plays no part in it', async () => {
  const server = await startServer()
  await signUp(server)
  for (const token of [
    'nonsense',
    await signUp(server, { ...ann, email_address: 'b@b.example' }),
  ]) {
    const { status, body } = await server.send(url, ann, bearer(token))
    expect(status).toBe(200)
    const me = await server.send('GET /v1/session', undefined, bearer(body.token))
    expect(me.body.user.email_address).toBe('ann@example.com')
  }
})

test('a log-in raises the cost of an old hash, a failed one does not', async () => {
  const store = createStore(await openDatabase())
  const before = createAuth({ store, passwordHash: cheapHash })
  const after = createAuth({
    store,
    passwordHash: argon2id({ cost: { memoryKibibytes: 16, passes: 2 } }),
  })
  const credentials = { emailAddress: ann.email_address, password: ann.password }
  const { user } = await signUpDirectly(before, credentials)
  const storedHash = async () => (await store.findCredentials(user.emailAddress))?.passwordHash
  await after.logIn({ ...credentials, password: 'wrong password' })
  expect(await storedHash()).toContain('m=8,t=1,p=1')
  expect(await after.logIn(credentials)).not.toBeNull()
  expect(await storedHash()).toContain('m=16,t=2,p=1')
  expect(await after.logIn(credentials)).not.toBeNull()
})

test('a password changed while the old one was being verified opens no session', async () => {
  const database = await openDatabase()
  const store = createStore(database)
  const setter = createAuth({ store, passwordHash: cheapHash })
  const { emailAddress, password } = { emailAddress: ann.email_address, password: ann.password }
  await setter.signUp({ emailAddress, password })
  const slow = createAuth({
    store,
    passwordHash: {
      ...cheapHash,
      async verify(hash, submitted) {
        const verified = await cheapHash.verify(hash, submitted)
        await setter.setPassword({ emailAddress, password: 'a new password' })
        return verified
      },
    },
  })
  expect(await slow.logIn({ emailAddress, password })).toBeNull()
  expect(await database.query('SELECT id FROM sessions')).toHaveLength(1)
})

test('log-ins at once all get in while the cost of the hash is raised, and the user is as before', async () => {
  const store = createStore(await openDatabase())
  const before = createAuth({ store, passwordHash: cheapHash })
  const cost = { memoryKibibytes: 16, passes: 2 }
  const after = createAuth({ store, passwordHash: argon2id({ cost }) })
  const credentials = { emailAddress: ann.email_address, password: ann.password }
  const { user } = await signUpDirectly(before, credentials)
  const logIns = await Promise.all([1, 2, 3, 4].map(() => after.logIn(credentials)))
  for (const loggedIn of logIns) expect(loggedIn?.user).toEqual(user)
  expect((await store.findCredentials(user.emailAddress))?.user).toEqual(user)
})

test('after the cost of the hash is lowered every password still works, and is hashed at the new one', async () => {
  const store = createStore(await openDatabase())
  const before = createAuth({
    store,
    passwordHash: argon2id({ cost: { memoryKibibytes: 65_536, passes: 1 } }),
  })
  const credentials = { emailAddress: ann.email_address, password: ann.password }
  const { user } = await signUpDirectly(before, credentials)
  const hashOf = async () => (await store.findCredentials(user.emailAddress))?.passwordHash
  const costly = await hashOf()
  const after = createAuth({ store, passwordHash: argon2id() })
  expect(await after.logIn({ ...credentials, password: 'wrong horse battery' })).toBeNull()
  expect(await hashOf()).toBe(costly)
  expect((await after.logIn(credentials))?.user).toEqual(user)
  expect(await hashOf()).toMatch(/^\$argon2id\$v=19\$m=47104,t=1,p=1\$/)
  expect(await after.logIn({ ...credentials, password: 'wrong horse battery' })).toBeNull()
  expect(await after.logIn(credentials)).not.toBeNull()
})

test('where there is no time to hash a password again its log-in succeeds, and a later one does it', async () => {
  const store = createStore(await openDatabase())
  const credentials = { emailAddress: ann.email_address, password: ann.password }
  const { user } = await signUpDirectly(createAuth({ store, passwordHash: cheapHash }), credentials)
  const raised = argon2id({ cost: { memoryKibibytes: 16, passes: 1 } })
  const overloaded = async () => {
    throw new AuthError('overloaded', { retryAfterSeconds: 1 })
  }
  const busy = createAuth({ store, passwordHash: { ...raised, hash: overloaded } })
  const hashOf = async () => (await store.findCredentials(user.emailAddress))?.passwordHash
  const old = await hashOf()
  const loggedIn = await busy.logIn(credentials)
  expect(await busy.authenticate(loggedIn?.token.reveal() ?? '')).not.toBeNull()
  expect(await hashOf()).toBe(old)
  const calm = createAuth({ store, passwordHash: raised })
  expect(await calm.logIn(credentials)).not.toBeNull()
  expect(await hashOf()).toContain('$m=16,t=1,p=1$')
})

test('nor does it wait then behind others, or count as refused', async () => {
  const store = createStore(await openDatabase())
  const credentials = { emailAddress: ann.email_address, password: ann.password }
  const { user } = await signUpDirectly(createAuth({ store, passwordHash: cheapHash }), credentials)
  const cost = { memoryKibibytes: 16, passes: 1 }
  const raised = argon2id({ cost, limits: { concurrency: 1, waiting: 0 } })
  const passwordHash: PasswordHash = {
    ...raised,
    async verify(...verified) {
      const isRight = await raised.verify(...verified)
      void raised.hash(new Secret('of somebody else'))
      return isRight
    },
  }
  expect(await createAuth({ store, passwordHash }).logIn(credentials)).not.toBeNull()
  expect(raised.queue?.refused).toBe(0)
  const kept = (await store.findCredentials(user.emailAddress))?.passwordHash ?? ''
  expect(cheapHash.isCurrent(kept)).toBe(true)
})

test('a password does not expire', async () => {
  const server = await startServer()
  await signUp(server)
  server.clock.advance({ days: 400 })
  expect((await server.send(url, ann)).status).toBe(200)
})

test('a new database has no users, and what everybody tries first opens nothing', async () => {
  const server = await startServer()
  const names = [
    'admin',
    'root',
    'sa',
    'test',
    'demo',
    'user',
    'guest',
    'administrator',
    'latchkey',
  ]
  const passwords = ['admin', 'password', 'root', '', 'latchkey', 'changeme', '12345678']
  for (const name of names) {
    for (const host of ['example.com', 'localhost', 'latchkey.dev']) {
      for (const password of passwords) {
        const credentials = { email_address: `${name}@${host}`, password }
        expect((await server.send(url, credentials)).status).not.toBe(200)
      }
    }
  }
  expect(await server.database.query('SELECT id FROM users')).toEqual([])
  expect(await server.database.query('SELECT id FROM sessions')).toEqual([])
})

test('a log-in whose hash is replaced twice is refused, and not tried for ever', async () => {
  const database = await openDatabase()
  const store = createStore(database)
  const setter = createAuth({ store, passwordHash: cheapHash })
  const credentials = { emailAddress: ann.email_address, password: ann.password }
  await setter.signUp(credentials)
  let verified = 0
  const overtaken = createAuth({
    store,
    passwordHash: {
      ...cheapHash,
      async verify(hash, submitted) {
        verified++
        const isRight = await cheapHash.verify(hash, submitted)
        // The same password, with another salt.
        if (verified <= 5) await setter.setPassword(credentials)
        return isRight
      },
    },
  })
  expect(await overtaken.logIn(credentials)).toBeNull()
  expect(verified).toBe(2)
  expect(await database.query('SELECT id FROM sessions')).toHaveLength(1)
})
