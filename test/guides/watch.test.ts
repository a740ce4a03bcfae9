// The guide to watching: its code runs, and its alerts and the reference speak of numbers that there are.
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { bearer, metricsToken, signUp, startServer } from '../harness.ts'
import { blocksOf, compile, packageFolder, said } from './guide.ts'

const page = 'docs/guides/watch.md'

test('what registers an SDK before is traced', async () => {
  const [code = '', ...others] = blocksOf(page, 'ts')
  expect(others).toEqual([])
  const asked = `
import { migrate } from 'latchkey/server'
import { openSqlite, sqliteMigrations } from 'latchkey/sqlite'
import { watched } from './watched.ts'
const database = await openSqlite('app.sqlite3')
await migrate(database, [sqliteMigrations])
const { config } = await watched(database, null)
console.log(config.metrics === null, config.tracing !== null)
`
  const folder = packageFolder({ 'watched.ts': code, 'asked.ts': asked })
  await compile(folder)
  expect(await said(folder, 'asked.ts')).toEqual(['true true'])
})

test('the numbers of the guide and of the reference are those that a server counts', async () => {
  const server = await startServer()
  await signUp(server)
  const { text } = await server.send('GET /metrics', undefined, bearer(metricsToken))
  const counted = new Set([...text.matchAll(/^# TYPE (\S+)/gm)].map(([, name]) => name))
  // Of a pool, which SQLite has none of.
  const pool = ['connections', 'idle_connections', 'waiting_requests']
  for (const each of pool) counted.add(`latchkey_postgres_pool_${each}`)
  const named = readFileSync(page, 'utf8').match(/\b(?:latchkey|nodejs|process)_[a-z0-9_]+/g) ?? []
  expect(named.length).toBeGreaterThan(8)
  for (const name of named) expect([...counted]).toContain(name.replace(/_bucket$/, ''))
  const reference = readFileSync('docs/reference/http.md', 'utf8')
  const own = [...counted].filter((name) => name?.startsWith('latchkey_')).map(String)
  expect(own.length).toBeGreaterThan(12)
  for (const name of own) {
    expect(reference).toContain(name.replace(/latchkey_postgres_pool_(idle|waiting)/, '…_pool_$1'))
  }
})
