import pg from 'pg'
import { expect, test } from 'vitest'
import { startServerProcess } from '../../test/server-process.ts'
import { unsafeDatabase } from './postgres-tls.ts'

const remote = 'postgres://app:correct-horse@db.example.com/app'
const why = 'DATABASE_URL leads to another machine, and no TLS verifies that it is the right one: '

test.each([
  [remote, 'add ?sslmode=verify-full'],
  ['postgresql://app:correct-horse@10.0.0.7:5432/app', 'add ?sslmode=verify-full'],
  ['postgres://app:correct-horse@[2001:db8::7]/app', 'add ?sslmode=verify-full'],
  ['postgres://app:correct-horse@127.0.0.1.example.com/app', 'add ?sslmode=verify-full'],
  ['postgres://app:correct-horse@localhost/app?host=db.example.com', 'add &sslmode=verify-full'],
  [`${remote}?pgbouncer=true`, 'add &sslmode=verify-full'],
  [`${remote}?sslmode=disable`, 'make its sslmode verify-full'],
  [`${remote}?sslmode=no-verify`, 'make its sslmode verify-full'],
  [`${remote}?sslmode=require&uselibpqcompat=true`, 'make its sslmode verify-full'],
  [`${remote}?sslmode=disable&sslrootcert=/ca.pem`, 'make its sslmode verify-full'],
])('of %s it is said once that nobody verifies it, without the password', (url, advice) => {
  expect(unsafeDatabase(url)).toBe(why + advice)
})

test.each([
  'sqlite:storage/production.sqlite3',
  'sqlite:///var/lib/app.sqlite3',
  'postgres://app:correct-horse@localhost/app',
  'postgres://app:correct-horse@LOCALHOST:5432/app',
  'postgres://app:correct-horse@127.0.0.1:5432/app',
  'postgres://app:correct-horse@[::1]/app',
  'postgres://app:correct-horse@%2Fvar%2Frun%2Fpostgresql/app',
  'postgres://app:correct-horse@db.example.com/app?host=/var/run/postgresql',
])('nobody is on the way to %s', (url) => {
  expect(unsafeDatabase(url)).toBeNull()
})

test.each(['verify-full', 'verify-ca', 'require', 'prefer'])(
  'sslmode=%s verifies, in this version of pg',
  (mode) => {
    const url = `${remote}?sslmode=${mode}`
    expect(unsafeDatabase(url)).toBeNull()
    expect(tlsOf(url)).not.toHaveProperty('rejectUnauthorized')
  },
)

test.each(['ssl=true', 'ssl=1', 'sslnegotiation=direct'])('so does %s', (parameter) => {
  const url = `${remote}?${parameter}`
  expect(unsafeDatabase(url)).toBeNull()
  expect(tlsOf(url)).toBe(true)
})

test.each(['1', '2'])(
  'a server of %s says so once at its start, and starts',
  async (processes) => {
    const variables = { WEB_CONCURRENCY: processes, HOST: '127.0.0.1' }
    const DATABASE_URL = 'postgres://app:correct-horse@db.invalid/app'
    const server = await startServerProcess({ ...variables, DATABASE_URL })
    expect((await server.send('GET /health/live')).status).toBe(200)
    const lines = server.complaints().split('\n')
    const said = lines.filter((line) => line.includes('DATABASE_URL leads to another machine'))
    expect(said).toEqual([`${why}add ?sslmode=verify-full`])
    expect(server.complaints()).not.toContain('correct-horse')
    expect(await server.end()).toBe(0)
  },
  30_000,
)

/** What pg makes of a URL; with another version of it, other modes may verify. */
function tlsOf(url: string): unknown {
  return Object(new pg.Client({ connectionString: url })).ssl
}
