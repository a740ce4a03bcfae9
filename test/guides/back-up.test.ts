// The guide to backups: a copy of a server that runs, and who is in when it is put back.
import { existsSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import pg from 'pg'
import { expect, onTestFinished, test } from 'vitest'
import { stop } from '../cli/restoring.ts'
import {
  ann,
  bearer,
  createApiKey,
  signUp,
  startServer,
  temporaryFolder,
  verifyAddress,
} from '../harness.ts'
import { clusterFolder, startCluster } from '../storage/postgres-cluster.ts'
import { blocksOf, shell } from './guide.ts'

const page = 'docs/guides/back-up.md'
const [
  copy = '',
  dump = '',
  restore = '',
  restoreDump = '',
  left = '',
  again = '',
  againDump = '',
  ...others
] = blocksOf(page, 'sh')
const copied = 'app-2026-11-26.sqlite3'
const copiedDump = 'app-2026-11-26.dump'

test('the guide copies the database of a server, and nobody who was logged out is in again', async () => {
  expect(others).toEqual([])
  const folder = temporaryFolder()
  const databaseUrl = `sqlite:${join(folder, 'app.sqlite3')}`
  const type = (code: string) => shell(code, { cwd: folder, env: { DATABASE_URL: databaseUrl } })
  const server = await startServer({ databaseUrl, now: new Date() })
  const token = await signUp(server)
  await server.send('POST /v1/projects', { title: 'Garden' }, bearer(token))
  expect(await type(copy.replace(/app-\$.*/, copied))).toBe(
    `Backed up app.sqlite3 into ${copied}\n`,
  )
  await server.send('DELETE /v1/session', undefined, bearer(token))
  await expect(type(restore)).rejects.toThrow('stop every server first')
  await stop(server)

  expect(await type(restore)).toContain('Ended 1 session, and every link in a mail\n')
  expect(readdirSync(folder).filter((name) => name.includes('replaced'))).toHaveLength(1)
  const restored = await startServer({ databaseUrl, now: new Date() })
  const list = async (each: string) => restored.send('GET /v1/projects', undefined, bearer(each))
  expect((await list(token)).status).toBe(401)
  const again = await restored.send('POST /v1/session', ann)
  expect((await list(again.body.token)).body.projects).toMatchObject([{ title: 'Garden' }])
}, 60_000)

test('a table that is gone is made again, empty, after what is left was saved', async () => {
  const folder = temporaryFolder()
  const file = join(folder, 'app.sqlite3')
  const databaseUrl = `sqlite:${file}`
  const type = (code: string) => shell(code, { cwd: folder, env: { DATABASE_URL: databaseUrl } })
  const server = await startServer({ databaseUrl, now: new Date() })
  await signUp(server)
  await stop(server)
  const database = new DatabaseSync(file)
  const schema = () => database.prepare('SELECT sql FROM sqlite_schema ORDER BY name').all()
  const before = schema()
  database.exec('DROP TABLE seen_devices')
  await expect(type('npx latchkey users list')).rejects.toThrow('lost its table seen_devices')
  await type(left)
  expect(existsSync(join(folder, 'left.sqlite3'))).toBe(true)
  await type(withoutDoctor(again))
  expect(schema()).toEqual(before)
  database.close()
  const mended = await startServer({ databaseUrl, now: new Date() })
  expect((await mended.send('POST /v1/session', ann)).status).toBe(200)
}, 60_000)

test('the commands for PostgreSQL are those that the command for SQLite names', async () => {
  const env = { DATABASE_URL: 'postgres://ann:secret@db.example.com/app' }
  const [umask = '', dumping = ''] = dump.trim().split('\n')
  const [restoring = '', after = ''] = restoreDump.trim().split('\n')
  const generic = (line: string) =>
    line.replace(/app-\S.*?\.dump/, 'FILE').replace(/(?<=--former )\w+/, 'DATABASE')
  const backUp = shell('latchkey backup app.dump', { env })
  await expect(backUp).rejects.toThrow(`${umask}; ${generic(dumping)}`)
  const putBack = shell('latchkey restore app.dump', { env })
  await expect(putBack).rejects.toThrow(
    `${generic(restoring)}, then ${generic(after.replace('npx ', ''))}`,
  )
}, 60_000)

// On Debian, `apt install postgresql`. Where they are not, the second half is in test/storage/postgres-restore.test.ts.
const binaries = findTools()
if (binaries !== null) {
  test('they put back what pg_dump copied, less sessions, and say which keys were revoked since', async () => {
    const cluster = await begin(binaries)
    const formerUrl = await cluster.create('app')
    const folder = temporaryFolder()
    const type = (code: string, databaseUrl: string) =>
      shell(code, { cwd: folder, env: { DATABASE_URL: databaseUrl, PATH: cluster.path } })
    const server = await startServer({ databaseUrl: formerUrl, now: new Date() })
    const token = await signUp(server)
    await verifyAddress(server, token)
    const key = await createApiKey(server, token)
    await server.send('POST /v1/projects', { title: 'Garden' }, bearer(token))
    await type(dump.replace(/app-\$.*?\.dump/, copiedDump), formerUrl)
    expect(statSync(join(folder, copiedDump)).mode & 0o777).toBe(0o600)
    await server.send(`DELETE /v1/api_keys/${key.id}`, undefined, bearer(token))
    await stop(server)

    const databaseUrl = await cluster.create('app_restored')
    const said = await type(restoreDump, databaseUrl)
    expect(said).toContain('Ended 1 session, and every link in a mail\n')
    expect(said).toContain(`API key  ${key.id}  ${ann.email_address}`)
    expect(said).not.toMatch(/deleted|banned/)
    const restored = await startServer({ databaseUrl, now: new Date() })
    const list = async (each: string) => restored.send('GET /v1/projects', undefined, bearer(each))
    expect((await list(token)).status).toBe(401)
    expect((await list(key.token)).status).toBe(200)
    const again = await restored.send('POST /v1/session', ann)
    expect((await list(again.body.token)).body.projects).toMatchObject([{ title: 'Garden' }])
  }, 120_000)

  test('in PostgreSQL too a table that is gone is made again', async () => {
    const cluster = await begin(binaries)
    const databaseUrl = await cluster.create('app')
    const env = { FRESH_URL: await cluster.create('fresh'), PATH: cluster.path }
    const server = await startServer({ databaseUrl, now: new Date() })
    await signUp(server)
    await stop(server)
    const client = new pg.Client(databaseUrl)
    await client.connect()
    await client.query('DROP TABLE seen_devices')
    await client.end()
    const type = (code: string) => shell(code, { env: { DATABASE_URL: databaseUrl, ...env } })
    await type(withoutDoctor(againDump))
    expect(await type('npx latchkey users list')).toContain(ann.email_address)
    const mended = await startServer({ databaseUrl, now: new Date() })
    expect((await mended.send('POST /v1/session', ann)).status).toBe(200)
  }, 120_000)
}

// It would find what else a server lacks here.
function withoutDoctor(code: string): string {
  return code.replace('npx latchkey doctor', '')
}

function findTools(): string | null {
  const versions = '/usr/lib/postgresql'
  const all = existsSync(versions) ? readdirSync(versions).map((each) => join(versions, each)) : []
  const needed = ['initdb', 'postgres', 'pg_dump', 'pg_restore', 'psql']
  const whole = (path: string) => needed.every((name) => existsSync(join(path, name)))
  return all.map((path) => join(path, 'bin')).findLast(whole) ?? null
}

async function begin(binaries: string) {
  const folder = clusterFolder()
  const cluster = await startCluster({ binaries, folder: folder.path })
  onTestFinished(async () => {
    await cluster.stop('immediate')
    folder.remove()
  })
  return {
    path: `${binaries}:${process.env.PATH}`,
    async create(name: string): Promise<string> {
      const client = new pg.Client(cluster.url)
      await client.connect()
      await client.query(`CREATE DATABASE ${name}`)
      await client.end()
      return new URL(`/${name}`, cluster.url).href
    },
  }
}
