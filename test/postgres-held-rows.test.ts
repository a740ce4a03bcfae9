// A row of one user that somebody holds, such as a job of the application: what it keeps back, and what not.
import pg from 'pg'
import { expect, inject, onTestFinished, test } from 'vitest'
import { ann, createApiKey, postgresSchema, signUp } from './harness.ts'
import { createPost, type Sending, startSending } from './outbox-harness.ts'

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

test('it keeps back the notice of a key of its user, and no mail', async () => {
  const post = createPost()
  const server = await startSending(post, { databaseUrl: await postgresSchema() })
  await server.signUp('bob')
  const token = await signUp(server)
  const authorization = `Bearer ${token}`
  await server.send('POST /v1/email_verifications', undefined, { authorization })
  await server.outbox.deliverDue()
  const [proof] = /lkv_\w+/.exec(post.mails[0]?.text ?? '') ?? []
  await server.send('PUT /v1/email_verifications', { token: proof }, { authorization })
  const endsAt = new Date(server.clock().getTime() + 8 * 86_400_000)
  await createApiKey(server, token, { expires_at: endsAt.toISOString() })
  await server.outbox.deliverDue()
  post.mails.length = 0
  server.clock.advance({ days: 1, minutes: 1 })
  await server.ask('bob')
  const letGo = await holdAnn(server)
  await server.outbox.deliverDue()
  expect(post.mails.map(({ to }) => to)).toEqual(['bob@example.com'])
  expect(server.log.join()).toContain('a notice was not queued; it is tried again')
  await letGo()
  await server.outbox.deliverDue()
  expect(post.mails.map(({ to, subject }) => [to, subject])).toEqual([
    ['bob@example.com', expect.any(String)],
    [ann.email_address, expect.stringContaining('API key')],
  ])
}, 30_000)

/** @returns what lets the row go again */
async function holdAnn({ database }: Sending): Promise<() => Promise<unknown>> {
  const [[schema] = []] = await database.query('SELECT current_schema()')
  const client = new pg.Client(inject('postgresUrl'))
  await client.connect()
  onTestFinished(() => client.end())
  await client.query(`SET search_path = ${String(schema)}`)
  await client.query('BEGIN')
  await client.query('SELECT 1 FROM users WHERE email_address = $1 FOR UPDATE', [ann.email_address])
  return () => client.query('ROLLBACK')
}
