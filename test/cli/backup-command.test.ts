// latchkey backup: the copy is whole while a server writes, checked, for its owner alone, and never
// written over.
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setImmediate } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { bearer, signUp } from '../harness.ts'
import { preparePlace, stop } from './restoring.ts'

test('the copy is whole while the server writes, and has its name when it is', async () => {
  const { serve, type, folder } = await preparePlace()
  const server = await serve()
  const token = await signUp(server)
  let isDone = false
  let written = 0
  const write = async () => {
    for (; !isDone; written += 1) {
      const answer = await server.send('POST /v1/projects', { title: 'Garden' }, bearer(token))
      expect(answer.status).toBe(201)
      await setImmediate()
    }
  }
  const copying = type('latchkey backup copy.sqlite3 --json').finally(() => {
    isDone = true
  })
  const [{ code, stdout, stderr }] = await Promise.all([copying, write()])
  const file = join(folder, 'copy.sqlite3')
  const { size, mode } = statSync(file)
  expect([code, JSON.parse(stdout), stderr]).toEqual([0, { file, bytes: size }, ''])
  expect(mode & 0o777).toBe(0o600)
  expect(written).toBeGreaterThan(0)
  expect(readdirSync(folder).sort()).toEqual(['copy.sqlite3', 'latchkey', 'storage'])
  const copy = new DatabaseSync(file, { readOnly: true })
  const { count } = copy.prepare('SELECT count(*) AS count FROM projects').get() ?? {}
  expect(Number(count)).toBeLessThanOrEqual(written)
  expect(copy.prepare('SELECT count(*) AS count FROM users').get()).toMatchObject({ count: 1 })
  copy.close()
}, 60_000)

test('what was deleted is not in the copy', async () => {
  const { serve, type, folder, file } = await preparePlace()
  const server = await serve()
  const token = await signUp(server)
  const answer = { password_challenge: 'correct horse battery' }
  expect((await server.send('DELETE /v1/user', answer, bearer(token))).status).toBe(204)
  await stop(server)
  await type('latchkey backup copy.sqlite3')
  const readAll = (path: string) => readFileSync(path).includes('ann@example.com')
  expect(readAll(file)).toBe(true)
  expect(readAll(join(folder, 'copy.sqlite3'))).toBe(false)
}, 60_000)

test('a file that is there is left as it is', async () => {
  const { serve, type, folder } = await preparePlace()
  await stop(await serve())
  const file = join(folder, 'copy.sqlite3')
  writeFileSync(file, 'a letter')
  const { code, stdout, stderr } = await type('latchkey backup copy.sqlite3')
  expect([code, stdout, stderr]).toEqual([1, '', `${file} is there already: name another file\n`])
  expect(readFileSync(file, 'utf8')).toBe('a letter')
}, 60_000)

test('a database that is damaged is not backed up, and leaves no file', async () => {
  const { serve, type, folder, file } = await preparePlace()
  const server = await serve()
  await signUp(server)
  await stop(server)
  damage(file)
  const { code, stdout, stderr } = await type('latchkey backup copy.sqlite3')
  expect([code, stdout]).toEqual([1, ''])
  expect(stderr).toMatch(/malformed|damaged/)
  expect(readdirSync(folder).sort()).toEqual(['latchkey', 'storage'])
}, 60_000)

test('what is left of it is copied on request alone, and that it is no backup is said', async () => {
  const { type, folder, file } = await preparePlace()
  await type('latchkey migrate')
  const database = new DatabaseSync(file)
  database.exec(`PRAGMA foreign_keys = OFF;
    INSERT INTO seen_devices (user_id, device, seen_at) VALUES ('nobody', 'Firefox', 0)`)
  database.close()
  const reason =
    'The database is damaged: A row of the table seen_devices refers to one that is gone'
  const refused = await type('latchkey backup copy.sqlite3')
  expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining(reason)])
  expect(refused.stderr).toContain('--broken copies what is left')
  expect(existsSync(join(folder, 'copy.sqlite3'))).toBe(false)
  const copied = await type('latchkey backup --broken copy.sqlite3')
  expect([copied.code, copied.stderr]).toEqual([
    0,
    expect.stringContaining(`${reason}. The copy is`),
  ])
  const copy = new DatabaseSync(join(folder, 'copy.sqlite3'), { readOnly: true })
  expect(copy.prepare('SELECT device FROM seen_devices').all()).toHaveLength(1)
  copy.close()
}, 60_000)

test.each([
  ['latchkey backup', 2, 'The name of one file is needed: see latchkey backup --help\n'],
  ['latchkey backup one two', 2, 'The name of one file is needed: see latchkey backup --help\n'],
  ["latchkey backup ''", 2, expect.stringContaining('The name of the file is empty')],
  [
    'latchkey backup storage/production.sqlite3/copy',
    1,
    expect.stringMatching(/copy cannot be written: ENOTDIR/),
  ],
  ['latchkey backup nowhere/copy.sqlite3', 1, expect.stringContaining('There is no folder ')],
  [
    'DATABASE_URL=postgres://ann:secret@db.example.com/app latchkey backup app.dump',
    1,
    expect.stringContaining('pg_dump --format=custom --file=FILE "$DATABASE_URL"'),
  ],
  [
    'DATABASE_URL=sqlite:other.sqlite3 latchkey backup copy.sqlite3',
    1,
    expect.stringContaining('There is no database at '),
  ],
])(
  '%s makes no backup, and says why',
  async (line, exitCode, sentence) => {
    const { serve, type, folder } = await preparePlace()
    await stop(await serve())
    const { code, stdout, stderr } = await type(line)
    expect([code, stdout, stderr]).toEqual([exitCode, '', sentence])
    expect(stderr).not.toContain('secret')
    expect(readdirSync(folder).sort()).toEqual(['latchkey', 'storage'])
  },
  60_000,
)

/** Writes over the middle of a file. */
function damage(file: string): void {
  const bytes = readFileSync(file)
  bytes.fill(0x5a, 8_192, bytes.length - 8_192)
  writeFileSync(file, bytes)
}
