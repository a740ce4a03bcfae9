// Whoever comes from another system logs in with the password that they had there.
import { argon2id } from 'latchkey/server'
import { expect, test } from 'vitest'
import { address, ann, bearer, mailedToken, type Server, startServer } from '../harness.ts'
import { importedKeys, importHash, importingHash, importUser, vectors } from '../imported-people.ts'

const emailAddress = ann.email_address
const bcrypt = '$2b$04$N9qo8uLOickgx2ZMRZoMye9COBKsOPKEJDHJoe/BuRouJin6Qswhq'

function start(): Promise<Server> {
  return startServer({ auth: { passwordHash: importingHash } })
}

async function stored({ database }: Server) {
  const [row] = await database.query(
    'SELECT password_hash, password_scheme, updated_at FROM users WHERE email_address = $1',
    [emailAddress],
  )
  const [passwordHash, scheme, updatedAt] = row ?? []
  return { passwordHash, scheme, updatedAt }
}

function logIn({ send }: Server, password: string) {
  return send('POST /v1/session', { email_address: emailAddress, password })
}

test.each(Object.entries(vectors))(
  '%s: the old password logs in, and its hash is one of today from then on',
  async (_name, { hash, password }) => {
    const server = await start()
    const user = await importUser(server, emailAddress, hash)
    const before = await stored(server)
    for (const wrong of [`${password}!`, password.slice(0, -1), 'nobody types this one']) {
      expect([wrong, (await logIn(server, wrong)).status]).toEqual([wrong, 401])
    }
    expect(await stored(server)).toEqual(before)
    const first = await logIn(server, password)
    expect([first.status, first.body.token]).toEqual([200, expect.stringMatching(/^lks_/)])
    const after = await stored(server)
    expect(after).toMatchObject({
      passwordHash: expect.stringMatching(/^\$argon2id\$v=19\$m=8,/),
      scheme: null,
      updatedAt: before.updatedAt,
    })
    const shown = await server.send('GET /v1/session', undefined, bearer(first.body.token))
    expect(shown.body.user.id).toBe(user.id)
    expect((await logIn(server, password)).status).toBe(200)
    expect((await logIn(server, `${password}!`)).status).toBe(401)
    expect(await stored(server)).toEqual(after)
  },
)

test('whoever is banned, here or before they came, does not log in, and keeps the old hash', async () => {
  const server = await start()
  const user = await importUser(server, emailAddress, bcrypt)
  await server.auth.banUser(user.id)
  const wrong = await logIn(server, 'wrong horse battery')
  const right = await logIn(server, ann.password)
  expect([right.status, right.body.code]).toEqual([401, 'invalid_credentials'])
  expect({ ...right.body, request_id: '' }).toEqual({ ...wrong.body, request_id: '' })
  expect(await stored(server)).toMatchObject({ passwordHash: bcrypt, scheme: 'bcrypt/4' })
  await server.auth.unbanUser(user.id)
  expect((await logIn(server, ann.password)).status).toBe(200)
})

test('of a password that bcrypt has read 72 bytes of, all count from the first log-in on', async () => {
  const server = await start()
  const long = '$2b$04$N9qo8uLOickgx2ZMRZoMyedlslr.Jty7xCSm4JGSxc8PDTmSzo582'
  await importUser(server, emailAddress, long)
  expect((await logIn(server, 'x'.repeat(71))).status).toBe(401)
  expect((await logIn(server, 'x'.repeat(80))).status).toBe(200)
  expect((await logIn(server, 'x'.repeat(72))).status).toBe(401)
  expect((await logIn(server, 'x'.repeat(80))).status).toBe(200)
})

test('a pepper that is another, or missing, lets nobody in', async () => {
  const { hash = '' } = vectors['Devise with its pepper'] ?? {}
  for (const pepper of ['another pepper', null]) {
    const cost = { memoryKibibytes: 8, passes: 1 }
    const passwordHash = argon2id({ cost, importedKeys: { ...importedKeys, pepper } })
    const server = await startServer({ auth: { passwordHash } })
    await importUser(server, emailAddress, hash)
    expect((await logIn(server, ann.password)).status).toBe(401)
    expect((await logIn(server, `${ann.password}a pepper of Devise`)).status).toBe(401)
    expect(await stored(server)).toMatchObject({ passwordHash: hash, scheme: 'bcrypt/4' })
  }
})

test('createAuth takes the keys without a hash of one’s own', async () => {
  const { hash = '' } = vectors['Devise with its pepper'] ?? {}
  const server = await startServer()
  const { createAuth } = await import('latchkey/server')
  const { store } = server.auth.config
  await importUser(server, emailAddress, hash)
  const submitted = { emailAddress, password: ann.password }
  expect(await createAuth({ store }).logIn(submitted)).toBeNull()
  expect(await createAuth({ store, importedKeys }).logIn(submitted)).not.toBeNull()
})

test.each([
  ['that is cut off', bcrypt.slice(0, -1)],
  ['that would take an hour', bcrypt.replace('$04$', '$24$')],
  ['of a way that nobody reads', '$1$O3JMY.Tw$AdLnLjQ/5jXF9.MTp3gHv/'],
  ['of nobody', '!'],
])('a hash %s is nobody’s password, and a reset mail gives another one', async (_what, hash) => {
  const server = await start()
  await importUser(server, emailAddress, bcrypt)
  await server.database.transaction((each) =>
    each.query('UPDATE users SET password_hash = $1', [hash]),
  )
  for (const password of [ann.password, hash, '!']) {
    expect((await logIn(server, password)).status).toBe(401)
  }
  await server.send('POST /v1/passwords', { email_address: emailAddress })
  await server.outbox.deliverDue()
  const password = 'another horse battery'
  const reset = await server.send('PUT /v1/passwords', { token: mailedToken(server), password })
  expect(reset.status).toBe(200)
  expect(await stored(server)).toMatchObject({ scheme: null })
  expect((await logIn(server, password)).status).toBe(200)
})

test('the old password is asked for, and takes away the old hash, wherever a password is', async () => {
  const server = await start()
  await importUser(server, emailAddress, bcrypt)
  const { token } = (await logIn(server, ann.password)).body
  await importHash(server.database, { emailAddress, hash: bcrypt })
  const fresh = (password_challenge: string) =>
    server.send('PUT /v1/session/freshness', { password_challenge }, bearer(token))
  expect((await fresh('wrong horse battery')).status).toBe(422)
  expect((await fresh(ann.password)).status).toBe(200)
  expect(await stored(server)).toMatchObject({ scheme: 'bcrypt/4' })
  const change = { password_challenge: ann.password, password: 'another horse battery' }
  expect((await server.send('PUT /v1/password', change, bearer(token))).status).toBe(200)
  expect(await stored(server)).toMatchObject({ scheme: null })
  await importHash(server.database, { emailAddress, hash: bcrypt })
  const operators = { emailAddress, password: 'the operator chose this' }
  await server.auth.setPassword(operators)
  expect(await stored(server)).toMatchObject({ scheme: null })
  expect((await logIn(server, operators.password)).status).toBe(200)
})

test('of two log-ins at once with an old password both begin a session', async () => {
  const server = await start()
  await importUser(server, emailAddress, bcrypt)
  const replies = await Promise.all([logIn(server, ann.password), logIn(server, ann.password)])
  expect(replies.map(({ status }) => status)).toEqual([200, 200])
  expect(await stored(server)).toMatchObject({ scheme: null })
})

test('forgotten hashes are those of other systems that no log-in has replaced, and no others', async () => {
  const server = await start()
  const people = Array.from({ length: 1_201 }, (_, index) => `user-${index}@example.com`)
  await server.auth.signUp({ emailAddress: address('own@example.com'), password: ann.password })
  await importUser(server, emailAddress, bcrypt)
  const { token } = (await logIn(server, ann.password)).body
  const kept = await stored(server)
  await server.database.transaction(async (each) => {
    for (const [index, one] of people.entries()) {
      await each.query(
        `INSERT INTO users (id, email_address, password_hash, password_scheme, created_at, updated_at)
         VALUES ($1, $2, $3, $4, $5, $5)`,
        [uuid(index), one, bcrypt, index % 2 ? 'bcrypt/4' : 'scrypt/10,8,1', server.clock()],
      )
    }
  })
  expect(await server.auth.countPasswordSchemes()).toEqual([
    { scheme: 'bcrypt/4', users: 600 },
    { scheme: 'scrypt/10,8,1', users: 601 },
  ])
  expect(await server.auth.forgetImportedPasswords()).toBe(1_201)
  expect(await server.auth.forgetImportedPasswords()).toBe(0)
  // Said once, for all of them.
  const said = await server.database.query(
    "SELECT user_id, actor FROM events WHERE detail = 'imported_forgotten'",
  )
  expect(said).toEqual([[null, 'operator']])
  expect(await server.auth.countPasswordSchemes()).toEqual([])
  const gone = await server.database.query("SELECT id FROM users WHERE password_hash = '!'")
  expect(gone).toHaveLength(1_201)
  expect(await stored(server)).toEqual(kept)
  expect((await server.send('GET /v1/session', undefined, bearer(token))).status).toBe(200)
  const own = { email_address: 'own@example.com', password: ann.password }
  expect((await server.send('POST /v1/session', own)).status).toBe(200)
  const other = { email_address: 'user-1@example.com', password: ann.password }
  expect((await server.send('POST /v1/session', other)).status).toBe(401)
})

function uuid(index: number): string {
  return `01a2092d-ade0-7192-99f2-${String(index).padStart(12, '0')}`
}
