// latchkey/testing, where the database of the tests has others' schemas in its search path.
import { createTestServer } from 'latchkey/testing'
import { expect, test } from 'vitest'
import { openDatabase } from '../../templates/api/database.ts'
import { ann, signUp, startServer } from '../harness.ts'
import { postgresSchema } from '../postgres-schemas.ts'

test('a schema behind that of the tests has tables that no test made, and nothing is emptied', async () => {
  const [databaseUrl, own] = [await postgresSchema(), await postgresSchema()]
  const server = await startServer({ databaseUrl })
  await signUp(server)
  const url = new URL(own)
  url.searchParams.set('options', `-c search_path=${schemaOf(own)},${schemaOf(databaseUrl)}`)
  const creating = (address: string) =>
    createTestServer({
      open: openDatabase,
      app: () => ({ fetch: () => new Response() }),
      databaseUrl: address,
    })
  await expect(creating(url.href)).rejects.toThrow('tables that no test made')
  // Once the schema in front has tables of the same names, those behind it are out of sight.
  await (await creating(own)).close()
  await (await creating(url.href)).close()
  const users = await server.database.query('SELECT email_address FROM users')
  expect(users).toEqual([[ann.email_address]])
})

function schemaOf(url: string): string {
  return /search_path=(\w+)/.exec(decodeURIComponent(url))?.[1] ?? ''
}
