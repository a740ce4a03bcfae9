// latchkey restore --after-pg-restore: what pg_restore has put back, less what must not come back.
import { expect, test } from 'vitest'
import { prepareCommand, run } from './command.ts'
import {
  bearer,
  createApiKey,
  mailedToken,
  postgresSchema,
  signUp,
  startServer,
  verifyAddress,
} from './harness.ts'

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
  expect([code, stdout, stderr]).toEqual([0, 'Ended 1 session, and every link in a mail\n', ''])
  expect([await statusOf(token), await statusOf(key.token)]).toEqual([401, 200])
  expect((await server.send('PUT /v1/passwords', reset)).status).toBe(401)
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
