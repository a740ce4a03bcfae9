// latchkey restore --after-pg-restore: what pg_restore has put back, less what must not come back.
import { expect, test } from 'vitest'
import { prepareCommand, run } from '../cli/command.ts'
import {
  ann,
  bearer,
  createApiKey,
  mailedToken,
  signUp,
  startServer,
  verifyAddress,
} from '../harness.ts'
import { postgresSchema } from '../postgres-schemas.ts'

const ben = { email_address: 'ben@example.com', password: 'correct horse battery' }

test('what pg_restore has restored is migrated, and its sessions and links end', async () => {
  const databaseUrl = await postgresSchema()
  const server = await startServer({ databaseUrl, now: new Date() })
  const token = await signUp(server)
  await verifyAddress(server, token)
  const key = await createApiKey(server, token)
  await server.send('POST /v1/passwords', { email_address: 'ann@example.com' })
  await server.outbox.deliverDue()
  const reset = { token: mailedToken(server), password: 'another horse battery' }
  const statusOf = async (each: string) =>
    (await server.send('GET /v1/projects', undefined, bearer(each))).status
  expect([await statusOf(token), await statusOf(key.token)]).toEqual([200, 200])
  const command = { ...(await prepareCommand()), databaseUrl }
  const kept = await run(command, 'latchkey restore --after-pg-restore --keep-sessions --json')
  expect([kept.code, JSON.parse(kept.stdout)]).toEqual([
    0,
    { applied: [], revoked_sessions: null, replaced: null, returned: null },
  ])
  expect([await statusOf(token), await statusOf(key.token)]).toEqual([200, 200])
  const { code, stdout, stderr } = await run(command, 'latchkey restore --after-pg-restore')
  expect([code, stdout, stderr]).toEqual([
    0,
    `Ended 1 session, and every link in a mail\n${unknown}`,
    '',
  ])
  expect([await statusOf(token), await statusOf(key.token)]).toEqual([401, 200])
  expect((await server.send('PUT /v1/passwords', reset)).status).toBe(401)
})

const unknown =
  'API keys that were revoked since, and users who were deleted or banned, are back: --former DATABASE says which\n'

test('what was ended since is said where the database before is named, and nothing is changed in it', async () => {
  const [databaseUrl, formerUrl] = [await postgresSchema(), await postgresSchema()]
  const restored = await startServer({ databaseUrl, now: new Date() })
  const former = await startServer({ databaseUrl: formerUrl, now: new Date() })
  const token = await signUp(restored)
  await verifyAddress(restored, token)
  const key = await createApiKey(restored, token)
  await signUp(former, ben)
  const before = await former.database.query('SELECT * FROM sessions')
  const command = { ...(await prepareCommand()), databaseUrl }
  const line = `latchkey restore --after-pg-restore --former '${formerUrl}'`
  const { code, stdout } = await run(command, `${line} --json`)
  const { revoked_sessions, replaced, returned } = JSON.parse(stdout)
  expect([code, revoked_sessions, replaced]).toEqual([0, 1, null])
  expect(returned).toMatchObject([
    { kind: 'api_key', id: key.id, email_address: ann.email_address, name: 'Nightly build' },
    { kind: 'deleted_user', email_address: ann.email_address, name: null },
  ])
  const again = await run(command, line)
  expect(again.stdout).toMatch(/^Ended 0 sessions.*\nBack, and not in what was there: .*\nWHAT /)
  expect(again.stdout).toContain(`API key       ${key.id}`)
  expect(await former.database.query('SELECT * FROM sessions')).toEqual(before)
})

test('a database before that does not say stops it, before anything ends', async () => {
  const databaseUrl = await postgresSchema()
  const server = await startServer({ databaseUrl, now: new Date() })
  const token = await signUp(server)
  const command = { ...(await prepareCommand()), databaseUrl }
  const away = 'postgres://ann:open-sesame@127.0.0.1:9/app'
  const told = {
    [databaseUrl]: /^--former names the database that was restored/,
    [await postgresSchema()]: /^There are no tables of Latchkey's in --former\n$/,
    [away]: /^--former cannot be used: .*ECONNREFUSED/,
    no_such_database: /^--former cannot be used: database "no_such_database" does not exist/,
  }
  for (const [former, sentence] of Object.entries(told)) {
    const line = `latchkey restore --after-pg-restore --former '${former}'`
    const { code, stdout, stderr } = await run(command, line)
    expect([code, stdout, stderr]).toEqual([1, '', expect.stringMatching(sentence)])
    expect(stderr).not.toContain('open-sesame')
  }
  const mine = await server.send('GET /v1/projects', undefined, bearer(token))
  expect(mine.status).toBe(200)
})

test('an empty database is none that was restored', async () => {
  const command = { ...(await prepareCommand()), databaseUrl: await postgresSchema() }
  const { code, stdout, stderr } = await run(command, 'latchkey restore --after-pg-restore')
  expect([code, stdout, stderr]).toEqual([
    1,
    '',
    "There are no tables of Latchkey's in what was restored\n",
  ])
  const status = await run(command, 'latchkey migrate --status')
  expect(status.stdout).toMatch(/^pending {2}latchkey\/0001_/m)
})
