// The command on a PostgreSQL that cannot be used: one sentence, which says what to do and not the
// password, and a process that ends.
import { chownSync, cpSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { AuthError } from 'latchkey/server'
import pg from 'pg'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { explain } from '../../src/cli/explain.ts'
import { temporaryFolder } from '../harness.ts'
import { localhost } from '../mail/smtp-certificates.ts'
import { type Cluster, clusterFolder, startCluster } from '../storage/postgres-cluster.ts'
import { startTcpProxy } from '../tcp-proxy.ts'
import { prepareCommand, run } from './command.ts'

const folder = clusterFolder()
const certificate = join(folder.path, 'certificate.pem')
let cluster: Cluster

// With TLS, which the certificate of localhost proves.
beforeAll(async () => {
  const key = join(folder.path, 'key.pem')
  writeFileSync(certificate, localhost.cert)
  writeFileSync(key, localhost.key, { mode: 0o600 })
  if (process.getuid?.() === 0) chownSync(key, 65_534, 65_534)
  const settings = ['ssl=on', `ssl_cert_file=${certificate}`, `ssl_key_file=${key}`]
  cluster = await startCluster({
    binaries: inject('postgresBinaries'),
    folder: folder.path,
    settings,
  })
  const client = new pg.Client(cluster.url)
  await client.connect()
  await client.query("CREATE ROLE reader LOGIN PASSWORD 'correct-horse'")
  await client.end()
}, 30_000)

afterAll(async () => {
  await cluster.stop('immediate')
  folder.remove()
})

const byName = (url: string) => url.replace('127.0.0.1', 'localhost')

test.each<[fault: string, change: (url: string) => string, sentence: RegExp]>([
  ['nobody listens', (url) => url.replace(/:\d+\//, ':9/'), /ECONNREFUSED .*: start PostgreSQL/],
  ['no such host', (url) => url.replace('127.0.0.1', 'nowhere.invalid'), /nowhere.invalid: name a/],
  ['another password', (url) => url.replace('horse', 'h'), /password authentication failed .*look/],
  ['no password', (url) => url.replace(':correct-horse', ''), /must be a string: add the password/],
  [
    'no such user',
    (url) => url.replace('postgres:c', 'nobody:c'),
    /failed for user "nobody": look/,
  ],
  ['no such database', (url) => `${url}x`, /"postgresx" does not exist: create it/],
  ['no right', (url) => url.replace('postgres:c', 'reader:c'), /for schema public: let a user who/],
  ['no such schema', (url) => `${url}?options=-c%20search_path%3Dx`, /no schema .*: create the/],
  [
    'an unknown authority',
    (url) => `${byName(url)}?sslmode=verify-full`,
    /self-signed .*: add the/,
  ],
  ['another name', (url) => tls(url, 'verify-full'), /altnames.*: name the host/],
  [
    'no certificate',
    (url) => `${url}?sslrootcert=nowhere.pem`,
    /a certificate that cannot be read.*'nowhere.pem'/,
  ],
  ['no TLS', () => inject('postgresUrl').concat('?sslmode=verify-full'), /SSL connections: switch/],
])('%s is one sentence that says what to do', async (_fault, change, sentence) => {
  const command = { ...(await prepareCommand()), databaseUrl: change(cluster.url) }
  const began = performance.now()
  const { code, stdout, stderr } = await run(command, 'latchkey migrate')
  expect([code, stdout]).toEqual([1, ''])
  expect(stderr).toMatch(/^DATABASE_URL cannot be used: [^\n]+\n$/)
  expect(stderr).toMatch(sentence)
  expect(stderr).not.toContain('correct-h')
  expect(performance.now() - began).toBeLessThan(10_000)
})

test('a database that was not migrated is refused, and nothing is made in it', async () => {
  const command = { ...(await prepareCommand()), databaseUrl: cluster.url }
  for (const line of ['latchkey outbox list', 'latchkey outbox retry --failed']) {
    const { code, stderr } = await run(command, line)
    const sentence = "The database lacks Latchkey's newest tables: run latchkey migrate\n"
    expect([code, stderr]).toEqual([1, sentence])
  }
  expect((await run(command, 'latchkey migrate --status')).stdout).not.toContain('applied')
  const client = new pg.Client(cluster.url)
  await client.connect()
  const own = "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
  expect((await client.query(own)).rows).toEqual([])
  await client.end()
})

test.each(['latchkey migrate', 'latchkey migrate --status', 'latchkey outbox list --json'])(
  'a database that never answers ends %s in time',
  async (line) => {
    const proxy = await startTcpProxy(cluster.port)
    proxy.blackHole()
    const databaseUrl = cluster.url.replace(String(cluster.port), String(proxy.port))
    const { code, stderr } = await run({ ...(await prepareCommand()), databaseUrl }, line)
    expect([code, stderr]).toEqual([1, expect.stringMatching(/^DATABASE_URL .*firewall.*\n$/)])
  },
)

test('a password with a slash that was not encoded is not taken for a host and a database', async () => {
  for (const url of [
    'postgres://me:12/hunter2@db.invalid',
    'postgres://me:hunter2%ff@db.invalid/x',
  ]) {
    const command = { ...(await prepareCommand()), databaseUrl: url }
    const { code, stderr } = await run(command, 'latchkey migrate')
    expect([code, stderr]).toEqual([1, expect.stringMatching(/^DATABASE_URL must be [^\n]+\n$/)])
    expect(stderr).not.toMatch(/hunter2|me|12/)
  }
})

test('of a host with several addresses each is named', () => {
  const refused = ['::1', '127.0.0.1'].map((host) => new Error(`connect ECONNREFUSED ${host}:9`))
  const error = Object.assign(new AggregateError(refused), { code: 'ECONNREFUSED' })
  const away = new AuthError('unavailable', { cause: error })
  expect(explain(away)).toMatch(/ECONNREFUSED ::1:9, connect ECONNREFUSED 127.0.0.1:9: start/)
})

// What configuration.md says of this version of pg.
test.each([
  ['verify-full', 'verified'],
  ['verify-ca', 'verified'],
  ['require', 'verified'],
  ['prefer', 'verified'],
  ['no-verify', 'encrypted'],
  ['disable', 'plain'],
])('sslmode=%s: %s', async (mode, expected) => {
  const right = new pg.Client(byName(tls(cluster.url, mode)))
  await right.connect()
  const own = 'SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()'
  expect((await right.query(own)).rows).toEqual([{ ssl: expected !== 'plain' }])
  await right.end()
  const other = new pg.Client(tls(cluster.url, mode))
  const connected = await other.connect().then(
    () => 'connected',
    (error) => error.code,
  )
  expect(connected).toBe(expected === 'verified' ? 'ERR_TLS_CERT_ALTNAME_INVALID' : 'connected')
  if (connected === 'connected') await other.end()
})

test('where pg is not installed, that is said', async () => {
  const copy = temporaryFolder()
  cpSync('src', join(copy, 'src'), { recursive: true })
  cpSync('package.json', join(copy, 'package.json'))
  mkdirSync(join(copy, 'node_modules'))
  for (const name of readdirSync('node_modules').filter((each) => each !== 'pg')) {
    symlinkSync(join(process.cwd(), 'node_modules', name), join(copy, 'node_modules', name))
  }
  const command = { ...(await prepareCommand()), databaseUrl: cluster.url }
  const line = `'${process.execPath}' --conditions=source '${copy}/src/cli/latchkey.ts' migrate`
  const { code, stderr } = await run(command, line)
  expect([code, stderr]).toEqual([1, expect.stringMatching(/^DATABASE_URL .* npm install pg\n$/)])
})

function tls(url: string, mode: string): string {
  const trusted = mode === 'disable' ? '' : `&sslrootcert=${certificate}`
  return `${url}?sslmode=${mode}${trusted}`
}
