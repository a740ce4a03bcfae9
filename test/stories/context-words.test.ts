// No new password is what somebody tries first who knows the address, or the name of the service.
import type { PasswordHash } from 'latchkey/server'
import { expect, test } from 'vitest'
import { ann, bearer, cheapHash, mailedToken, signUp, startServer } from '../harness.ts'

const url = 'POST /v1/registrations'
const words = ['Ann@Example.COM', 'example.com1', 'Example!!', 'Ann2026!', 'annannann', 'acme-2026']
const obvious = 'Password is too easy to guess; choose another'
const details = [{ field: 'password', code: 'too_obvious', message: obvious }]

/** A server of Acme, which counts its hashes. */
async function startAcme() {
  const hashed: string[] = []
  const passwordHash: PasswordHash = {
    ...cheapHash,
    hash(password) {
      hashed.push(password.reveal())
      return cheapHash.hash(password)
    },
  }
  const passwords = { contextWords: ['Acme'] }
  return { ...(await startServer({ auth: { passwords, passwordHash } })), hashed }
}

test.each(words)('%s is no password to sign up with, and nobody is created', async (password) => {
  const server = await startAcme()
  const { status, body } = await server.send(url, { ...ann, password })
  expect([status, body.error, body.details]).toEqual([422, [obvious], details])
  expect(server.hashed).toEqual([])
  expect(await server.database.query('SELECT id FROM users')).toEqual([])
  // Somebody else's words are words like others.
  const isOfAcme = password.startsWith('acme')
  const other = { email_address: 'bob@other.test', password }
  expect((await server.send(url, other)).status).toBe(isOfAcme ? 422 : 201)
})

test('a word among others is a password', async () => {
  const server = await startAcme()
  const password = 'acme and ann at example'
  expect((await server.send(url, { ...ann, password })).status).toBe(201)
})

test('it is named along with every other bad field, and once', async () => {
  const { send } = await startAcme()
  const both = await send(url, { ...ann, password: 'ann-2026', password_confirmation: 'other' })
  expect(both.body.error).toEqual(["Password confirmation doesn't match Password", obvious])
  for (const password of ['ann', 'ann'.repeat(100), 'acme2026', 'acme-ann', null]) {
    expect((await send(url, { ...ann, password })).body.details).toHaveLength(1)
  }
})

test.each(words)(
  'nobody changes their password to %s, and no guess is counted',
  async (password) => {
    const server = await startAcme()
    const token = await signUp(server)
    const change = { password_challenge: ann.password, password }
    const { status, body } = await server.send('PUT /v1/password', change, bearer(token))
    expect([status, body.error, body.details]).toEqual([422, [obvious], details])
    expect(server.hashed).toEqual([ann.password])
    expect((await server.send('POST /v1/session', ann)).status).toBe(200)
  },
)

test('of a new address, the words are the new ones', async () => {
  const server = await startAcme()
  const token = await signUp(server)
  await server.send('PATCH /v1/user', { email_address: 'ann@new.test' }, bearer(token))
  await server.outbox.deliverDue()
  const proof = { token: mailedToken(server) }
  expect((await server.send('PUT /v1/email_verifications', proof, bearer(token))).status).toBe(200)
  const statusFor = async (password: string) => {
    const change = { password_challenge: ann.password, password }
    return (await server.send('PUT /v1/password', change, bearer(token))).status
  }
  expect(await statusFor('new-2026')).toBe(422)
  expect(await statusFor('example-2026')).toBe(200)
})

test.each(words)('a link resets no password to %s, and stays good', async (password) => {
  const server = await startAcme()
  await signUp(server)
  await server.send('POST /v1/passwords', { email_address: ann.email_address })
  await server.outbox.deliverDue()
  const token = mailedToken(server)
  for (const line of [`PUT /v1/passwords/${token}`, 'PATCH /v1/passwords']) {
    const { status, body } = await server.send(line, { token, password })
    expect([status, body.errors, body.details]).toEqual([422, [obvious], details])
    expect(body).not.toHaveProperty('error')
  }
  expect(server.hashed).toEqual([ann.password])
  expect((await server.send('POST /v1/session', ann)).status).toBe(200)
  const good = { token, password: 'another horse battery' }
  expect((await server.send('PUT /v1/passwords', good)).status).toBe(200)
  // A dead one says what it says to any other password.
  const { status, body } = await server.send('PUT /v1/passwords', { token, password })
  expect([status, body.code]).toEqual([401, 'invalid_reset_token'])
  expect(server.hashed).toEqual([ann.password, good.password])
})

test('no console sets one either', async () => {
  const server = await startAcme()
  await signUp(server)
  const refusal = { fields: [{ field: 'password', code: 'too_obvious' }] }
  for (const password of words) {
    const given = { emailAddress: ann.email_address, password }
    await expect(server.auth.setPassword(given)).rejects.toMatchObject(refusal)
    await expect(server.auth.createUser(given)).rejects.toMatchObject(refusal)
  }
  expect((await server.send('POST /v1/session', ann)).status).toBe(200)
})

test('where common passwords are accepted, these are too', async () => {
  const passwords = { contextWords: ['Acme'], rejectCommon: false }
  const server = await startServer({ auth: { passwords } })
  expect((await server.send(url, { ...ann, password: 'ann-acme-2026' })).status).toBe(201)
})
