// What is promised holds with every setting beside every other: none switches another protection off.
import type { AppOptions, AuthOptions } from 'latchkey/server'
import { expect, test } from 'vitest'
import { ann, bearer, mailedToken, signUp, startServer } from './harness.ts'

interface Setting {
  readonly auth?: Partial<AuthOptions>
  readonly app?: AppOptions
}

const settings: readonly (readonly [string, Setting])[] = [
  ['common passwords accepted', { auth: { passwords: { rejectCommon: false } } }],
  ['the longest minimum', { auth: { passwords: { minimumLength: 20 } } }],
  ['limits on', { auth: { rateLimits: 'on' } }],
  ['one session for each user', { auth: { sessions: { maximumPerUser: 1 } } }],
  ['sessions for ten years', { auth: { sessions: { idleHours: 87_600, maximumHours: 87_600 } } }],
  ['links for a day', { auth: { resetTokenMinutes: 1_440 } }],
  ['pages of another origin', { app: { corsOrigins: ['https://app.example.com'] } }],
  ['a proxy', { app: { trustedProxies: ['0.0.0.0/0'] } }],
  ['development', { app: { mode: 'development' } }],
]

const pairs = settings.flatMap(([one, first], index) =>
  settings.slice(index + 1).map(([other, second]) => {
    const auth = merge(first.auth, second.auth)
    return [one, other, { auth, app: { ...first.app, ...second.app } }] as const
  }),
)

// Groups of settings are given together: the second of one group does not undo the first.
function merge(first: Partial<AuthOptions> = {}, second: Partial<AuthOptions> = {}) {
  const passwords = { ...first.passwords, ...second.passwords }
  const sessions = { ...first.sessions, ...second.sessions }
  return { ...first, ...second, passwords, sessions }
}

test.each(pairs)('with %s and %s what is promised holds', async (_one, _other, setting) => {
  const person = { ...ann, password: 'correct horse battery staple' }
  const another = { ...person, password: 'another horse battery staple' }
  const server = await startServer(setting)
  const { send } = server
  const token = await signUp(server, person)
  const statusOf = async (held: string) =>
    (await send('GET /v1/session', undefined, bearer(held))).status
  // Closed unless opened, and nothing in between.
  expect([await statusOf(token), await statusOf('nobody')]).toEqual([200, 401])
  const wrong = await send('POST /v1/session', { ...person, password: 'wrong password' })
  const unknown = await send('POST /v1/session', { ...person, email_address: 'bob@example.com' })
  expect([wrong.status, unknown.status]).toEqual([401, 401])
  expect(wrong.headers.get('cache-control')).toBe('no-store')
  // A reset is the end of all that was, and works once.
  await send('POST /v1/passwords', person, { 'x-forwarded-host': 'evil.example' })
  await server.outbox.deliverDue()
  const link = mailedToken(server)
  expect(server.mailbox.mails[0]?.text).toContain(`https://app.example.com/reset-password#${link}`)
  expect((await send('PUT /v1/passwords', { ...another, token: link })).status).toBe(200)
  expect((await send('PUT /v1/passwords', { ...another, token: link })).status).toBe(401)
  expect(await statusOf(token)).toBe(401)
  expect((await send('POST /v1/session', person)).status).toBe(401)
  // A log-out too.
  const { body } = await send('POST /v1/session', another)
  expect(await statusOf(body.token)).toBe(200)
  await send('DELETE /v1/session', undefined, bearer(body.token))
  expect(await statusOf(body.token)).toBe(401)
  // And what is sensitive asks for the password.
  const { token: stale } = (await send('POST /v1/session', another)).body
  server.clock.advance({ minutes: 10 })
  expect((await send('DELETE /v1/user', undefined, bearer(stale))).status).toBe(403)
})
