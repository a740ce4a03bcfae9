// The guide to backups: a copy of a server that runs, and who is in when it is put back.
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { ann, bearer, signUp, startServer, temporaryFolder } from '../harness.ts'
import { stop } from '../restoring.ts'
import { blocksOf, shell } from './guide.ts'

const page = 'docs/guides/back-up.md'
const [copy = '', dump = '', restore = '', restoreDump = '', ...others] = blocksOf(page, 'sh')
const copied = 'app-2026-11-26.sqlite3'

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

test('the commands for PostgreSQL are those that the command for SQLite names', async () => {
  const env = { DATABASE_URL: 'postgres://ann:secret@db.example.com/app' }
  const [umask = '', dumping = ''] = dump.trim().split('\n')
  const [restoring = '', after = ''] = restoreDump.trim().split('\n')
  const generic = (line: string) => line.replace(/app-\S.*?\.dump/, 'FILE')
  const backUp = shell('latchkey backup app.dump', { env })
  await expect(backUp).rejects.toThrow(`${umask}; ${generic(dumping)}`)
  const putBack = shell('latchkey restore app.dump', { env })
  await expect(putBack).rejects.toThrow(`${generic(restoring)}, then ${after.replace('npx ', '')}`)
}, 60_000)
