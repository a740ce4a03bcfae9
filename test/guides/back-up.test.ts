// The guide to backups: a copy of a server that writes, and what is alive when it is put back.
import { cpSync, existsSync, mkdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { openDatabase } from '../../templates/api/database.ts'
import {
  ann,
  bearer,
  createApiKey,
  mailedToken,
  type Server,
  signUp,
  startServer,
  temporaryFolder,
  verifyAddress,
} from '../harness.ts'
import { blocksOf, compile, packageFolder, shell } from './guide.ts'

const page = 'docs/guides/back-up.md'
const [script = ''] = blocksOf(page, 'ts')
const [copy = '', dump = '', restore = '', restoreDump = '', ...others] = blocksOf(page, 'sh')
const copied = 'app-2026-11-26.sqlite3'

async function prepare() {
  const folder = packageFolder({ 'back-up.ts': script })
  mkdirSync(join(folder, 'storage'))
  const server = await startAgain(folder)
  const token = await signUp(server)
  return { folder, server, token }
}

function startAgain(folder: string): Promise<Server> {
  const databaseUrl = `sqlite:${join(folder, 'storage/app.sqlite3')}`
  return startServer({ databaseUrl, now: new Date() })
}

const backUp = (folder: string) => shell(copy.replace(/app-\$.*/, copied), { cwd: folder })

async function statusOf(server: Server, token: string, route = 'GET /v1/projects') {
  return (await server.send(route, undefined, bearer(token))).status
}

test('the copy is whole while the server writes, for its owner alone, and never written over', async () => {
  expect(others).toEqual([])
  const { folder, server, token } = await prepare()
  await compile(folder)
  let isDone = false
  let written = 0
  const write = async () => {
    for (; !isDone; written += 1) {
      const answer = await server.send('POST /v1/projects', { title: 'Garden' }, bearer(token))
      expect(answer.status).toBe(201)
      await setImmediate()
    }
  }
  const copying = backUp(folder).finally(() => {
    isDone = true
  })
  const [said] = await Promise.all([copying, write()])
  expect(said).toBe('ok\n')
  expect(written).toBeGreaterThan(0)
  expect(statSync(join(folder, copied)).mode & 0o777).toBe(0o600)
  expect(existsSync(join(folder, `${copied}-wal`))).toBe(false)
  const { database } = await openDatabase(`sqlite:${join(folder, copied)}`)
  const [row = []] = await database.query('SELECT count(*) FROM projects')
  await database.close()
  expect(Number(row[0])).toBeLessThanOrEqual(written)
  await expect(backUp(folder)).rejects.toThrow('already exists')
}, 60_000)

test('what ended since the copy is back when it is restored, and the guide ends the sessions', async () => {
  const { folder, server, token } = await prepare()
  await verifyAddress(server, token)
  const key = await createApiKey(server, token)
  await server.send('POST /v1/passwords', { email_address: ann.email_address })
  await server.outbox.deliverDue()
  const reset = { token: mailedToken(server), password: 'another horse battery' }
  await backUp(folder)
  await server.send(`DELETE /v1/api_keys/${key.id}`, undefined, bearer(token))
  await server.send('PUT /v1/passwords', reset)
  expect([await statusOf(server, token), await statusOf(server, key.token)]).toEqual([401, 401])

  // Without the last line of the guide.
  const [careless = ''] = restore.split('npx latchkey sessions')
  expect(await statusOf(await startAgain(await restoreBy(careless, folder)), token)).toBe(200)

  const restored = await startAgain(await restoreBy(restore, folder))
  expect(await statusOf(restored, token)).toBe(401)
  expect(await statusOf(restored, key.token)).toBe(200)
  expect((await restored.send('POST /v1/session', ann)).status).toBe(200)
  expect((await restored.send('PUT /v1/passwords', reset)).status).toBe(200)
}, 60_000)

test('the log of the old file is not taken for that of the copy', async () => {
  const { folder, server, token } = await prepare()
  await backUp(folder)
  await server.send('POST /v1/projects', { title: 'Garden' }, bearer(token))
  const restored = await startAgain(await restoreBy(restore, folder))
  expect(await restored.database.query('PRAGMA integrity_check')).toEqual([['ok']])
  expect(await restored.database.query('SELECT title FROM projects')).toEqual([])
}, 60_000)

/** Restores where the files of the old server are, as it left them when it was cut off. */
async function restoreBy(commands: string, folder: string): Promise<string> {
  const place = temporaryFolder()
  cpSync(join(folder, 'storage'), join(place, 'storage'), { recursive: true })
  cpSync(join(folder, copied), join(place, copied))
  expect(existsSync(join(place, 'storage/app.sqlite3-wal'))).toBe(true)
  await shell(commands, { cwd: place })
  return place
}

test('the commands for PostgreSQL end as those for SQLite do', () => {
  expect(dump).toContain('"$DATABASE_URL"')
  expect(restoreDump.split('\n').slice(1)).toEqual(restore.split('\n').slice(3))
})
