// The guide to watching: its code runs, and its alerts and the reference speak of numbers that there are.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { expect, onTestFinished, test } from 'vitest'
import { bearer, metricsToken, signUp, startServer } from '../harness.ts'
import { examples } from '../mounts/mounts.ts'
import { until } from '../until.ts'
import { blocksOf, compile, freePort, packageFolder, said } from './guide.ts'

const page = 'docs/guides/watch.md'

test('what registers an SDK before is traced', async () => {
  const [code = ''] = blocksOf(page, 'ts')
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
}, 60_000)

test('with the lines for it, each mounted server says what it counts, to the token alone', async () => {
  const [, lines = '', ...others] = blocksOf(page, 'ts')
  expect(others).toEqual([])
  const plain = '  const auth = createAuth({ store: createStore(database) })\n'
  const source = readFileSync('templates/mounts/auth.ts', 'utf8')
  expect(source).toContain(plain)
  const imports = 'createAuth, observe, Secret,'
  const auth = source.replace(plain, () => lines).replace('createAuth,', imports)
  const port = await freePort()
  const server = (name: string) =>
    readFileSync(`templates/mounts/${name}.ts`, 'utf8').replaceAll('3000', String(port))
  const servers = Object.fromEntries(examples.map((name) => [`${name}.ts`, server(name)]))
  const folder = packageFolder({ 'auth.ts': auth, ...servers })
  await compile(folder)
  for (const name of examples)
    expect([name, ...(await scrape(folder, { name, port }))]).toEqual([name, 401, 200])
}, 60_000)

async function scrape(folder: string, { name, port }: { name: string; port: number }) {
  const env = { ...process.env, METRICS_TOKEN: metricsToken }
  const args = ['--conditions=source', `${name}.ts`]
  const child = spawn(process.execPath, args, { cwd: folder, env })
  onTestFinished(() => void child.kill('SIGKILL'))
  const ask = (headers: Record<string, string>) =>
    fetch(`http://127.0.0.1:${port}/metrics`, { headers })
  await until(() => ask({}))
  const without = await ask({})
  const answer = await ask(bearer(metricsToken))
  expect(await answer.text()).toContain('latchkey_http_requests_total')
  const ended = once(child, 'exit')
  child.kill('SIGTERM')
  await ended
  return [without.status, answer.status]
}

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
