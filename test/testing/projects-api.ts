// The template as its tests build it, on the kind of database that this run of the tests is about.
import { createTestServer, type TestServer, type TestServerOptions } from 'latchkey/testing'
import { onTestFinished } from 'vitest'
import { testOptions } from '../../templates/api/testing.ts'
import { emptyDatabaseUrl } from '../harness.ts'

export async function startTestServer(
  options: Partial<TestServerOptions> = {},
): Promise<TestServer> {
  const databaseUrl = await emptyDatabaseUrl()
  const auth = { ...testOptions.auth, ...options.auth }
  const server = await createTestServer({ ...testOptions, databaseUrl, ...options, auth })
  onTestFinished(() => server.close())
  return server
}

/** Rows of a table. */
export async function count({ database }: Pick<TestServer, 'database'>, table: string) {
  const [[rows] = []] = await database.query(`SELECT count(*) FROM ${table}`)
  return Number(rows)
}

/** Somebody asks for a link to set a new password. */
export async function forget({ app }: Pick<TestServer, 'app'>, emailAddress: string) {
  const body = new URLSearchParams({ email_address: emailAddress })
  return (await app.request('/v1/passwords', { method: 'POST', body })).status
}
