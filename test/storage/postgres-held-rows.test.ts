// A row of one user that somebody holds, such as a job of the application: what it keeps back, and what not.
import pg from 'pg'
import { expect, inject, onTestFinished, test, vi } from 'vitest'
import { askForAccessToken } from '../access-token.ts'
import { ann, createApiKey, type Server, signUp, startServer } from '../harness.ts'
import { createPost, isAway, type Sending, startSending } from '../mail/outbox-harness.ts'
import { postgresSchema } from '../postgres-schemas.ts'

test('it keeps back the mail of its user, and no other', async () => {
  const post = createPost()
  const server = await startSending(post, { databaseUrl: await postgresSchema() })
  await server.signUp('ann', 'bob', 'cid')
  await server.ask('ann', 'bob', 'cid')
  const letGo = await holdAnn(server)
  await server.outbox.deliverDue()
  expect(post.mails.map(({ to }) => to)).toEqual(['bob@example.com', 'cid@example.com'])
  expect(await server.statuses()).toEqual(['queued', 'sent', 'sent'])
  expect(server.log.join()).not.toContain('no mail can be sent')
  await letGo()
  server.clock.advance({ minutes: 10 })
  await server.outbox.deliverDue()
  expect(await server.statuses()).toEqual(['sent', 'sent', 'sent'])
  expect(await server.redeems(post.mails.at(-1))).toBe(true)
}, 30_000)

test('so it does where the mail proves the address of its user', async () => {
  const post = createPost()
  const server = await startSending(post, { databaseUrl: await postgresSchema() })
  await server.signUp('bob')
  const authorization = `Bearer ${await signUp(server)}`
  await server.send('POST /v1/email_verifications', undefined, { authorization })
  await server.ask('bob')
  const letGo = await holdAnn(server)
  await server.outbox.deliverDue()
  expect(post.mails.map(({ to }) => to)).toEqual(['bob@example.com'])
  expect(server.log.join()).not.toContain('no mail can be sent')
  await letGo()
  server.clock.advance({ minutes: 10 })
  await server.outbox.deliverDue()
  expect(post.mails.map(({ to }) => to)).toEqual(['bob@example.com', ann.email_address])
}, 30_000)

test('it says nothing of a mail server that is away', async () => {
  const post = createPost()
  post.answer = isAway
  const server = await startSending(post, { databaseUrl: await postgresSchema() })
  await server.signUp('ann', 'bob')
  await server.ask('bob')
  await server.outbox.deliverDue()
  expect(server.log.join()).toContain('no mail can be sent')
  await server.ask('ann')
  await holdAnn(server)
  server.clock.advance({ minutes: 1 })
  // The one that the mail server did not take waits behind.
  await server.database.transaction((transaction) =>
    transaction.query(
      "UPDATE outbox SET due_at = due_at + interval '1 hour', attempts = 1 WHERE recipient LIKE 'bob%'",
    ),
  )
  await server.outbox.deliverDue()
  expect(server.log.join()).not.toContain('mails are sent again')
}, 30_000)

test('it keeps back the notice of a key of its user, no other’s, and no mail', async () => {
  const post = createPost()
  const server = await startSending(post, { databaseUrl: await postgresSchema() })
  const cid = { ...ann, email_address: 'cid@example.com' }
  for (const person of [ann, cid]) {
    const token = await signUp(server, person)
    const authorization = `Bearer ${token}`
    await server.send('POST /v1/email_verifications', undefined, { authorization })
    await server.outbox.deliverDue()
    const [proof] = /lkv_\w+/.exec(post.mails.at(-1)?.text ?? '') ?? []
    await server.send('PUT /v1/email_verifications', { token: proof }, { authorization })
    const endsAt = new Date(server.clock().getTime() + 8 * 86_400_000)
    await createApiKey(server, token, { expires_at: endsAt.toISOString() })
  }
  await server.outbox.deliverDue()
  post.mails.length = 0
  server.clock.advance({ days: 1, minutes: 1 })
  await server.signUp('bob')
  await server.ask('bob')
  const letGo = await holdAnn(server)
  await server.outbox.deliverDue()
  expect(post.mails.map(({ to }) => to).sort()).toEqual(['bob@example.com', 'cid@example.com'])
  expect(server.log.join()).toContain('a notice was not queued; it is tried again')
  await letGo()
  await server.outbox.deliverDue()
  expect([post.mails.at(-1)?.to, post.mails.at(-1)?.subject]).toEqual([
    ann.email_address,
    'An API key is about to expire',
  ])
  expect(post.mails).toHaveLength(3)
}, 30_000)

test('of a session that somebody is ending no access token is made: it waits, and is refused', async () => {
  const server = await startServer({ databaseUrl: await postgresSchema() })
  const token = await signUp(server)
  const client = await connectBeside(server)
  await client.query('BEGIN; DELETE FROM sessions')
  const asked = askForAccessToken(server, token)
  await vi.waitFor(async () => {
    const waiting = await server.database.query(
      `SELECT 1 FROM pg_stat_activity
       WHERE query LIKE 'INSERT INTO session_aliases%' AND wait_event_type = 'Lock'`,
    )
    expect(waiting).toHaveLength(1)
  }, 10_000)
  await client.query('COMMIT')
  expect((await asked).status).toBe(401)
})

/** @returns what lets the row go again */
async function holdAnn({ database }: Sending): Promise<() => Promise<unknown>> {
  const client = await connectBeside({ database })
  await client.query('BEGIN')
  await client.query('SELECT 1 FROM users WHERE email_address = $1 FOR UPDATE', [ann.email_address])
  return () => client.query('ROLLBACK')
}

/** Another connection to the same tables. */
async function connectBeside({ database }: Pick<Server, 'database'>): Promise<pg.Client> {
  const [[schema] = []] = await database.query('SELECT current_schema()')
  const client = new pg.Client(inject('postgresUrl'))
  await client.connect()
  onTestFinished(() => client.end())
  await client.query(`SET search_path = ${String(schema)}`)
  return client
}
