import { argon2id, type PasswordHash } from 'latchkey/server'
import { expect, test } from 'vitest'
import { ann, bearer, cheapHash, signUp, startServer } from '../harness.ts'

const uuidV7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/
const url = 'POST /v1/registrations'

test('signing up answers the user and a token that works at once', async () => {
  const { send } = await startServer()
  const { status, body } = await send(url, ann)
  expect(status).toBe(201)
  expect(body.token).toMatch(/^lks_[1-9A-HJ-NP-Za-km-z]{38}$/)
  expect(body.user).toEqual({
    id: expect.stringMatching(uuidV7),
    email_address: 'ann@example.com',
    email_verified: false,
    created_at: '2026-01-01T12:00:00.000Z',
    updated_at: '2026-01-01T12:00:00.000Z',
  })
  const session = await send('GET /v1/session', undefined, bearer(body.token))
  expect(session.body.user).toEqual(body.user)
})

test('a form is as good as JSON, and the last of several equal fields counts', async () => {
  const { app } = await startServer()
  const body =
    'email_address=x%40example.com&email_address=ann%40example.com&password=pass+phrase+1'
  const headers = { 'content-type': 'application/x-www-form-urlencoded' }
  const signedUp = await app.request('/v1/registrations', { method: 'POST', headers, body })
  expect(signedUp.status).toBe(201)
  const credentials = JSON.stringify({
    email_address: 'ann@example.com',
    password: 'pass phrase 1',
  })
  const json = { 'content-type': 'application/json' }
  const init = { method: 'POST', headers: json, body: credentials }
  expect((await app.request('/v1/session', init)).status).toBe(200)
})

test('the address is stripped and lower-cased as Rails does it', async () => {
  const { send } = await startServer()
  const { body } = await send(url, { ...ann, email_address: '  Ann@Example.COM\t\n' })
  expect(body.user.email_address).toBe('ann@example.com')
})

test('every bad field is named at once, in the words of Rails, and nobody is created', async () => {
  const server = await startServer()
  const { status, body, headers } = await server.send(url, {
    email_address: 'ann',
    password: 'short',
    password_confirmation: 'other',
  })
  expect(status).toBe(422)
  expect(body).toEqual({
    error: [
      'Email address is invalid',
      'Password is too short (minimum is 8 characters)',
      "Password confirmation doesn't match Password",
    ],
    code: 'validation_failed',
    request_id: headers.get('x-request-id'),
    details: [
      { field: 'email_address', code: 'invalid', message: 'Email address is invalid' },
      {
        field: 'password',
        code: 'too_short',
        message: 'Password is too short (minimum is 8 characters)',
      },
      {
        field: 'password_confirmation',
        code: 'confirmation',
        message: "Password confirmation doesn't match Password",
      },
    ],
  })
  expect(await server.database.query('SELECT id FROM users')).toEqual([])
})

test.each([
  ['no password', { email_address: 'ann@example.com' }, ["Password can't be blank"]],
  ['a null password', { ...ann, password: null }, ["Password can't be blank"]],
  ['an empty password', { ...ann, password: '' }, ["Password can't be blank"]],
  ['no address', { password: ann.password }, ["Email address can't be blank"]],
  ['an empty address', { ...ann, email_address: ' ' }, ["Email address can't be blank"]],
  ['nothing', {}, ["Email address can't be blank", "Password can't be blank"]],
  ['nested fields', { user: ann }, ["Email address can't be blank", "Password can't be blank"]],
  ['a number as password', { ...ann, password: 12345678 }, ['Password must be a string']],
  [
    'a common password',
    { ...ann, password: 'password' },
    ['Password is one that attackers try first; choose another'],
  ],
  [
    'a number as confirmation',
    { ...ann, password_confirmation: 7 },
    ['Password confirmation must be a string'],
  ],
  [
    'an empty confirmation',
    { ...ann, password_confirmation: '' },
    ["Password confirmation doesn't match Password"],
  ],
])('%s is refused with the reason', async (_case, body, error) => {
  const { send } = await startServer()
  const refused = await send(url, body)
  expect(refused.status).toBe(422)
  expect(refused.body.error).toEqual(error)
})

test.each([
  ['absent', {}],
  ['null', { password_confirmation: null }],
  ['equal', { password_confirmation: ann.password }],
])('a confirmation may be %s', async (_case, confirmation) => {
  const { send } = await startServer()
  expect((await send(url, { ...ann, ...confirmation })).status).toBe(201)
})

test('a taken address is refused in any spelling, and the first user is untouched', async () => {
  const { send } = await startServer()
  await send(url, ann)
  const second = { email_address: ' ANN@Example.com', password: 'another password' }
  const refused = await send(url, second)
  expect(refused.status).toBe(422)
  expect(refused.body.error).toEqual(['Email address has already been taken'])
  expect(refused.body.details[0].code).toBe('taken')
  expect((await send('POST /v1/session', ann)).status).toBe(200)
  expect((await send('POST /v1/session', second)).status).toBe(401)
})

test('fields that only the server sets are ignored', async () => {
  const { send } = await startServer()
  const extra = { id: 'x', email_verified: true, password_hash: 'y', created_at: '2001-01-01' }
  const { body } = await send(url, { ...ann, ...extra })
  expect(body.user.email_verified).toBe(false)
  expect(body.user.id).toMatch(uuidV7)
  expect(body.user.created_at).toBe('2026-01-01T12:00:00.000Z')
})

test('fields in the query string are not read', async () => {
  const { send } = await startServer()
  const query = 'email_address=ann@example.com&password=correct+horse+battery'
  expect((await send(`POST /v1/registrations?${query}`, {})).status).toBe(422)
})

test('fifty sign-ups for one address at once make one user', async () => {
  const { database, send } = await startServer()
  const replies = await Promise.all(Array.from({ length: 50 }, () => send(url, ann)))
  const statuses = replies.map(({ status }) => status)
  expect(statuses.filter((status) => status === 201)).toHaveLength(1)
  // More than wait for a hash are told to come back: also no second user.
  expect(statuses.every((status) => [201, 422, 503].includes(status))).toBe(true)
  expect(await database.query('SELECT id FROM users')).toHaveLength(1)
  expect(await database.query('SELECT id FROM sessions')).toHaveLength(1)
})

test.each([
  ['small letters alone', 'vkzqhwjbtxm'],
  ['digits alone', '40917732685'],
  ['signs alone', '!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~'],
  ['spaces within and around', '  four words and spaces  '],
  ['Chinese', '正确马电池订书钉很长'],
  ['Arabic, from right to left', 'حصان صحيح بطارية'],
  ['emoji', '🐴🔋📎✅🐴🔋📎✅'],
  ['letters and marks', 'Ünïcödé ąćęłńóśźż'],
  ['what joins and what is invisible', 'a\u200db\u200cc\u00add\u2060efgh'],
  ['controls', 'bell\x07 and tab\t and line\n'],
])('%s may be a password', async (_what, password) => {
  const server = await startServer()
  expect((await server.send(url, { ...ann, password })).status).toBe(201)
  expect((await server.send('POST /v1/session', { ...ann, password })).status).toBe(200)
  const other = { ...ann, password: `${password.slice(0, -1)}\u2603` }
  expect((await server.send('POST /v1/session', other)).status).toBe(401)
})

test('two users with one password have neither salt nor hash in common, and both hashes are what OWASP asks for', async () => {
  const server = await startServer({ auth: { passwordHash: argon2id() } })
  await signUp(server)
  await signUp(server, { ...ann, email_address: 'bob@example.com' })
  const rows = await server.database.query('SELECT password_hash FROM users')
  const hashes = rows.map(([hash]) => String(hash))
  const base64 = '[A-Za-z0-9+/]'
  const phc = new RegExp(
    `^\\$argon2id\\$v=19\\$m=47104,t=1,p=1\\$(${base64}{22})\\$(${base64}{43})$`,
  )
  const parts = hashes.flatMap((hash) => phc.exec(hash)?.slice(1) ?? [])
  expect(parts).toHaveLength(4)
  expect(new Set(parts).size).toBe(4)
})

test('the longest password opens a session; one letter more, or a whole body of them, costs no hash', async () => {
  let hashes = 0
  const counted: PasswordHash = {
    ...cheapHash,
    hash(password) {
      hashes++
      return cheapHash.hash(password)
    },
  }
  const server = await startServer({ auth: { passwordHash: counted } })
  const person = (index: number, password: string) => {
    return { email_address: `user-${index}@example.com`, password }
  }
  const accepted = ['\u{1f511}'.repeat(64), '\u{1f511}'.repeat(256), `${'a '.repeat(127)}b.`]
  for (const [index, password] of accepted.entries()) {
    expect((await server.send(url, person(index, password))).status).toBe(201)
    expect((await server.send('POST /v1/session', person(index, password))).status).toBe(200)
  }
  expect(hashes).toBe(accepted.length)
  for (const [letters, status] of [
    [257, 422],
    [2_049, 422],
    [60_000, 422],
    [1_000_000, 413],
  ] as const) {
    const refused = await server.send(url, person(9, 'x'.repeat(letters)))
    expect([letters, refused.status]).toEqual([letters, status])
  }
  expect(hashes).toBe(accepted.length)
  expect(await server.database.query('SELECT id FROM users')).toHaveLength(accepted.length)
})
