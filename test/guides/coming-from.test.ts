// The guides to moving: what they type, on databases and files of the systems that they are about.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { argon2id } from 'latchkey/server'
import { expect, test } from 'vitest'
import { ann, signUpDirectly, startServer, temporaryFolder } from '../harness.ts'
import { importingHash } from '../imported-people.ts'
import { openFixture, writeOrigins } from '../transfer/fixture.ts'
import { blocksOf, shell } from './guide.ts'

/** A folder in which the commands of these guides are typed. */
function folder(): string {
  const cwd = temporaryFolder()
  writeOrigins(join(cwd, 'old'))
  mkdirSync(join(cwd, 'storage'))
  return cwd
}

/** Types what a page types, block after block in one shell, and compares what is said. */
async function follow(page: string, { cwd = folder(), env = {} } = {}): Promise<string> {
  const blocks = blocksOf(page, 'console')
  expect(blocks).not.toEqual([])
  const mark = 'the next block'
  const typed = blocks.map((block) =>
    lines(block, '$ ')
      .map((line) => line.slice(2))
      .join('\n'),
  )
  const code = `exec 2>&1\n${typed.join(`\necho '${mark}'\n`)}`
  const said = (await shell(code, { cwd, env })).split(`${mark}\n`)
  for (const [index, block] of blocks.entries()) {
    const shown = block.split('\n').filter((line) => !line.startsWith('$ '))
    expect(sorted(said[index] ?? '')).toEqual(sorted(shown.join('\n')))
  }
  return cwd
}

function lines(block: string, beginning: string): string[] {
  return block.split('\n').filter((line) => line.startsWith(beginning))
}

// Two streams, whose order nobody knows; and times.
function sorted(text: string): string[] {
  return text
    .replace(/(?<=seconds(?: +|":))[\d.]+/g, 'SECONDS')
    .replace(/\b\d+ ms/g, 'TIME')
    .replace(/ +$/gm, '')
    .split('\n')
    .sort()
}

/** A server that knows the pepper and the key of Firebase. */
function startWithKeys(databaseUrl: string) {
  return startServer({ databaseUrl, auth: { passwordHash: importingHash } })
}

test.each([
  ['docs/guides/coming-from-rails.md'],
  ['docs/guides/coming-from-better-auth.md'],
  ['docs/guides/coming-from-devise.md'],
])(
  'what %s types does what it shows, and people log in',
  async (page) => {
    const cwd = await follow(page)
    const server = await startWithKeys(`sqlite:${join(cwd, 'rehearsal.sqlite3')}`)
    expect((await server.send('POST /v1/session', ann)).status).toBe(200)
  },
  120_000,
)

test('what the guide to Supabase types does what it shows, and people log in', async () => {
  const env = { SUPABASE_URL: await openFixture('supabase-postgres') }
  const cwd = await follow('docs/guides/coming-from-supabase.md', { env })
  const server = await startWithKeys(`sqlite:${join(cwd, 'rehearsal.sqlite3')}`)
  expect((await server.send('POST /v1/session', ann)).status).toBe(200)
}, 120_000)

test('rows that call users by their old ids find them by the new ones', async () => {
  const page = 'docs/guides/coming-from-rails.md'
  const cwd = await follow(page)
  const [sql = '', ...others] = blocksOf(page, 'sql')
  expect(others).toEqual([])
  const database = new DatabaseSync(join(cwd, 'rehearsal.sqlite3'))
  database.exec(`CREATE TABLE notes (user_id TEXT REFERENCES users (id), body TEXT);
    CREATE TABLE old_notes (user_id INTEGER, body TEXT);
    INSERT INTO old_notes VALUES (1, 'of Ann'), (2, 'of Bob'), (5, 'of nobody who came')`)
  database.exec(sql)
  const notes = database.prepare(
    'SELECT email_address, body FROM notes JOIN users ON users.id = user_id ORDER BY 1',
  )
  expect(notes.all().map((row) => Object.values(row))).toEqual([
    ['ann@example.com', 'of Ann'],
    ['bob@example.com', 'of Bob'],
  ])
  database.close()
}, 120_000)

test('a file of one’s own, and one of Firebase, come as the guide shows', async () => {
  const page = 'docs/guides/coming-from-elsewhere.md'
  const cwd = folder()
  const [csv = ''] = blocksOf(page, 'csv')
  const [code = ''] = blocksOf(page, 'js')
  writeFileSync(join(cwd, 'users.csv'), csv)
  writeFileSync(join(cwd, 'lines.mjs'), code)
  const user = { localId: 'a1', email: 'fire@example.com', emailVerified: true }
  const dates = { createdAt: '1486324027000', lastSignedInAt: '1486324027000' }
  const salt = '42xEC-ixf3L2lw=='
  const passwordHash =
    'lSrfV15cpx95_sZS2W9c9Kp6i_LVgQNDNC_qzrCnh1SAyZvqmZqAjTdn3aoItz-VHjoZilo78198JAdRuid5lQ=='
  const users = [
    { ...user, ...dates, salt, passwordHash },
    { ...dates, localId: 'a2', email: 'google@example.com', emailVerified: true },
  ]
  writeFileSync(join(cwd, 'users.json'), JSON.stringify({ users }))
  await follow(page, { cwd })
  const server = await startWithKeys(`sqlite:${join(cwd, 'rehearsal.sqlite3')}`)
  const fire = { email_address: 'fire@example.com', password: 'user1password' }
  expect((await server.send('POST /v1/session', ann)).status).toBe(200)
  expect((await server.send('POST /v1/session', fire)).status).toBe(200)
}, 120_000)

test('what was exported comes back in another database, and the SQL finds whoever has a hash', async () => {
  const page = 'docs/guides/leaving.md'
  const cwd = folder()
  const url = `sqlite:${join(cwd, 'storage/production.sqlite3')}`
  // SECURITY: what is as cheap as other tests' hashes is refused by an import.
  const server = await startServer({ databaseUrl: url, auth: { passwordHash: argon2id() } })
  const { token } = await signUpDirectly(server.auth, {
    emailAddress: ann.email_address,
    password: ann.password,
  })
  await follow(page, { cwd })
  const other = await startServer({ databaseUrl: `sqlite:${join(cwd, 'other.sqlite3')}` })
  expect(await other.auth.authenticate(token)).not.toBeNull()
  const [sql = '', ...others] = blocksOf(page, 'sql')
  expect(others).toEqual([])
  expect(await other.database.query(sql)).toHaveLength(1)
  expect(readFileSync(join(cwd, 'export.ndjson'), 'utf8')).not.toContain(token.reveal())
}, 120_000)
