// latchkey serve: the server of a project, in the process that was started.
import { execFileSync } from 'node:child_process'
import { expect, test } from 'vitest'
import { ann, emptyDatabaseUrl } from '../harness.ts'
import { startServerProcess } from '../server-process.ts'
import { until } from '../until.ts'

const program = ['src/cli/latchkey.ts', 'serve', 'templates/api/server.ts']

test.each(['1', '2'])(
  'with WEB_CONCURRENCY=%s it serves in production mode, and ends on SIGTERM',
  async (processes) => {
    const DATABASE_URL = await emptyDatabaseUrl()
    const server = await startServerProcess({ DATABASE_URL, WEB_CONCURRENCY: processes }, program)
    const listening = () => server.log.filter(({ message }) => message === 'listening')
    await until(() => expect(listening()).toHaveLength(Number(processes)))
    expect(listening()[0]?.mode).toBe('production')
    expect((await server.send('POST /v1/registrations', ann)).status).toBe(201)
    expect((await server.send('GET /dev/mailbox')).status).toBe(404)
    const children = () => {
      const pids = execFileSync('ps', ['-eo', 'ppid=,pid='], { encoding: 'utf8' }).split('\n')
      return pids.filter((line) => line.trim().startsWith(`${server.child.pid} `))
    }
    // No process stands between whoever stops it and the server.
    expect(children()).toHaveLength(processes === '1' ? 0 : 2)
    expect(await server.end('SIGTERM')).toBe(0)
    expect(children()).toEqual([])
  },
  60_000,
)

test('what keeps it from starting is said, and it ends with 1', async () => {
  const server = await startServerProcess({ APP_URL: '', DATABASE_URL: '' }, program)
  expect(await server.end()).toBe(1)
  expect(server.complaints()).toMatch(/^DATABASE_URL must be set in production.*\nAPP_URL must be/)
  expect(server.log).toEqual([])
}, 60_000)

test('a folder is no server, which is said in a sentence', async () => {
  const server = await startServerProcess({}, ['src/cli/latchkey.ts', 'serve', 'templates'])
  expect(await server.end()).toBe(1)
  expect(server.complaints()).toBe('templates is a folder: name the file that starts the server\n')
}, 60_000)
