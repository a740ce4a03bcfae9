// SIGTERM, of one process and of two: what has begun is answered, and nothing is left lying about.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { ann, bearer, emptyDatabaseUrl, openDatabase, temporaryFolder } from '../harness.ts'
import { startMailServer } from '../mail/smtp-harness.ts'
import { startServerProcess } from '../server-process.ts'
import { until } from '../until.ts'

const tenMinutes = 600_000

test.each(['1', '2'])(
  'of %s processes, what was noted is written, a mail that has not left is the next server’s, and the log is whole',
  async (processes) => {
    const mails = await startMailServer()
    const DATABASE_URL = await emptyDatabaseUrl()
    const variables = { DATABASE_URL, SMTP_URL: mails.url, WEB_CONCURRENCY: processes }
    const server = await startServerProcess(variables)
    const { token } = (await server.send('POST /v1/registrations', ann)).body
    const database = await openDatabase(DATABASE_URL)
    // A use is written once in five minutes, and a second after it.
    const before = new Date(Date.now() - tenMinutes)
    const lastUse = async () => (await database.query('SELECT last_used_at FROM sessions'))[0]?.[0]
    await database.transaction((each) =>
      each.query('UPDATE sessions SET last_used_at = $1', [before]),
    )
    const { promise: isWaiting, resolve: tell } = Promise.withResolvers<void>()
    mails.sabotage = () => {
      tell()
      return 'hang'
    }
    await server.send('POST /v1/passwords', { email_address: ann.email_address })
    await isWaiting
    expect((await server.send('GET /v1/session', undefined, bearer(token))).status).toBe(200)
    expect(new Date(Object(await lastUse())).getTime()).toBe(before.getTime())

    expect(await server.end('SIGTERM')).toBe(0)
    expect(new Date(Object(await lastUse())).getTime()).toBeGreaterThan(before.getTime())
    const requests = server.log.filter(({ message }) => message === 'request')
    expect(requests.map(({ method, path }) => `${method} ${path}`)).toEqual([
      'POST /v1/registrations',
      'POST /v1/passwords',
      'GET /v1/session',
    ])
    const outbox = 'SELECT status, deferrals, uncertain FROM outbox'
    expect(await database.query(outbox)).toEqual([['queued', 0, 0]])
    expect(mails.received).toEqual([])

    mails.sabotage = null
    await startServerProcess(variables)
    await until(async () => expect(await database.query(outbox)).toEqual([['sent', 0, 0]]))
    expect(mails.received).toHaveLength(1)
  },
  60_000,
)

test('a server whose end does not end is gone before whoever stopped it kills it', async () => {
  const program = join(temporaryFolder(), 'server.ts')
  writeFileSync(
    program,
    `import { serve } from '${new URL('../../src/cli/serve.ts', import.meta.url)}'
    const onClose = () => new Promise(() => setInterval(() => {}, 1_000))
    const listen = { host: '127.0.0.1', port: 0 }
    const { port } = await serve({ fetch: () => new Response() }, { ...listen, onClose })
    console.log(JSON.stringify({ message: 'listening', port }))`,
  )
  const server = await startServerProcess({}, [program])
  expect(await server.end('SIGTERM')).toBe(1)
  expect(server.complaints()).toContain('The server did not stop within 9.8 s, and was killed')
}, 60_000)
