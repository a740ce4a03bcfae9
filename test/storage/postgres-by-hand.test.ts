// What somebody writes into PostgreSQL by hand, with more digits than JavaScript reads.
import { expect, test } from 'vitest'
import { ann, signUp, startServer } from '../harness.ts'
import { postgresSchema } from '../postgres-schemas.ts'

test('whoever is let in again by SQL can log in, and nothing is asked without end', async () => {
  const databaseUrl = await postgresSchema()
  const server = await startServer({ databaseUrl, auth: { rateLimits: 'on' } })
  await signUp(server)
  for (const _ of [1, 2, 3]) await server.send('POST /v1/session', { ...ann, password: 'wrong' })
  await server.database.transaction((transaction) =>
    transaction.query("UPDATE failed_attempts SET blocked_until = '2026-01-01 11:00:00.0001+00'"),
  )
  expect((await server.send('POST /v1/session', ann)).status).toBe(200)
})
