// latchkey restore: what ends with it, what comes back, and when nothing happens at all.
import {
  copyFileSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { expect, test } from 'vitest'
import {
  ann,
  bearer,
  createApiKey,
  mailedToken,
  type Server,
  signUp,
  verifyAddress,
} from '../harness.ts'
import { type Place, preparePlace, stop } from './restoring.ts'

const ben = { email_address: 'ben@example.com', password: 'correct horse battery' }
const cleo = { email_address: 'cleo@example.com', password: 'correct horse battery' }
const dora = { email_address: 'dora@example.com', password: 'correct horse battery' }

async function statusOf(server: Server, token: string) {
  return (await server.send('GET /v1/projects', undefined, bearer(token))).status
}

/** A backup with a user, a session, an API key and a link, all of which ended since. */
async function prepare() {
  const place = await preparePlace()
  const server = await place.serve()
  const token = await signUp(server)
  await verifyAddress(server, token)
  const key = await createApiKey(server, token)
  const kept = await createApiKey(server, token)
  await signUp(server, ben)
  await signUp(server, cleo)
  await signUp(server, dora)
  await server.send('POST /v1/passwords', { email_address: dora.email_address })
  await server.outbox.deliverDue()
  const reset = { token: mailedToken(server), password: 'another horse battery' }
  expect((await place.type('latchkey backup copy.sqlite3')).code).toBe(0)
  await server.send(`DELETE /v1/api_keys/${key.id}`, undefined, bearer(token))
  await server.send('PUT /v1/passwords', reset)
  await server.send('DELETE /v1/session', undefined, bearer(token))
  await place.type(`latchkey users delete ${ben.email_address}`)
  await place.type(`latchkey users ban ${cleo.email_address}`)
  return { place, server, token, key, kept, reset }
}

test('with a backup no session and no link comes back, and what else does is said', async () => {
  const { place, server, token, key, kept, reset } = await prepare()
  await stop(server)
  const { code, stdout, stderr } = await place.type('latchkey restore copy.sqlite3 --json')
  expect([code, stderr]).toEqual([0, ''])
  const { applied, revoked_sessions, replaced, returned } = JSON.parse(stdout)
  expect([applied, revoked_sessions]).toEqual([[], 4])
  expect(returned).toEqual([
    back('api_key', { email_address: ann.email_address, id: key.id, name: 'Nightly build' }),
    back('deleted_user', { email_address: ben.email_address, name: null }),
    back('banned_user', { email_address: cleo.email_address, name: null }),
  ])
  expect(JSON.stringify(returned)).not.toMatch(/lk[a-z]_/)
  expect(statSync(place.file).mode & 0o777).toBe(0o600)
  expect(readdirSync(join(place.folder, 'storage')).sort()).toEqual([
    'production.sqlite3',
    expect.stringMatching(/^production\.sqlite3\.replaced-\d{4}-\d\d-\d\dT\d{6}Z$/),
  ])

  const restored = await place.serve()
  expect(await statusOf(restored, token)).toBe(401)
  expect((await restored.send('PUT /v1/passwords', reset)).status).toBe(401)
  expect(await statusOf(restored, key.token)).toBe(200)
  expect(await statusOf(restored, kept.token)).toBe(200)
  expect((await restored.send('POST /v1/session', ann)).status).toBe(200)
  // Nothing of what was there is lost.
  const former = new DatabaseSync(replaced, { readOnly: true })
  const users = former.prepare('SELECT email_address FROM users ORDER BY id').all()
  const addresses = [ann, cleo, dora].map(({ email_address }) => email_address)
  expect(users.map((user) => user.email_address)).toEqual(addresses)
  former.close()
}, 60_000)

const back = (kind: string, about: object) => {
  const id = expect.stringMatching(/^[\da-f-]{36}$/)
  return { kind, id, created_at: expect.stringMatching(/Z$/), ...about }
}

test('the same for people', async () => {
  const { place, server, key } = await prepare()
  await stop(server)
  const { code, stdout } = await place.type('latchkey restore copy.sqlite3')
  const lines = stdout.trim().split('\n')
  expect([code, lines]).toEqual([
    0,
    [
      'Restored copy.sqlite3',
      expect.stringMatching(/^What was there is storage\/production\.sqlite3\.replaced-.* now$/),
      'Ended 4 sessions, and every link in a mail',
      'Back, and not in what was there: look whether each is to be, and end it otherwise',
      expect.stringMatching(/^WHAT +ID +EMAIL ADDRESS +NAME +CREATED \(UTC\)$/),
      expect.stringContaining(`API key       ${key.id}  ${ann.email_address}`),
      expect.stringMatching(/^deleted user .*ben@example\.com/),
      expect.stringMatching(/^banned user .*cleo@example\.com/),
    ],
  ])
}, 60_000)

test('sessions and links come back where that is said', async () => {
  const { place, server, token, reset } = await prepare()
  await stop(server)
  const { code, stdout } = await place.type('latchkey restore copy.sqlite3 --keep-sessions')
  expect([code, stdout]).toEqual([
    0,
    expect.stringContaining('Sessions, and links in mails, are what they were\n'),
  ])
  const restored = await place.serve()
  expect(await statusOf(restored, token)).toBe(200)
  expect((await restored.send('PUT /v1/passwords', reset)).status).toBe(200)
}, 60_000)

test('while a server has the database open nothing happens, however idle it is', async () => {
  const { place, server, token } = await prepare()
  const login = await server.send('POST /v1/session', ann)
  const { code, stdout, stderr } = await place.type('latchkey restore copy.sqlite3')
  expect([code, stdout, stderr]).toEqual([
    1,
    '',
    `${place.file} is open somewhere: stop every server first\n`,
  ])
  const folder = readdirSync(join(place.folder, 'storage'))
  expect(folder.filter((name) => /replaced|restoring/.test(name))).toEqual([])
  expect(await statusOf(server, login.body.token)).toBe(200)
  expect(await statusOf(server, token)).toBe(401)
  expect(
    (await server.send('POST /v1/projects', { title: 'Garden' }, bearer(login.body.token))).status,
  ).toBe(201)
}, 60_000)

test('the log of a server that was killed is in what stays, and not in what is restored', async () => {
  const { place, server, token, key } = await prepare()
  const killed = await preparePlace()
  for (const suffix of ['', '-wal']) {
    copyFileSync(place.file + suffix, await inStorage(killed, suffix))
  }
  copyFileSync(join(place.folder, 'copy.sqlite3'), join(killed.folder, 'copy.sqlite3'))
  const { code, stdout } = await killed.type('latchkey restore copy.sqlite3 --json')
  const { replaced, returned } = JSON.parse(stdout)
  expect([code, returned[0].id]).toEqual([0, key.id])
  const former = new DatabaseSync(replaced, { readOnly: true })
  expect(former.prepare('SELECT id FROM api_keys WHERE id = ?').get(key.id)).toBeUndefined()
  former.close()
  const restored = await killed.serve()
  expect(await restored.database.query('PRAGMA integrity_check')).toEqual([['ok']])
  expect(await statusOf(restored, token)).toBe(401)
  await stop(server)
}, 60_000)

async function inStorage({ file, type }: Place, suffix: string): Promise<string> {
  await type('mkdir -p storage')
  return file + suffix
}

test('a database too broken to tell who has it is replaced when somebody says that nobody has', async () => {
  const { place, server } = await prepare()
  await stop(server)
  writeFileSync(place.file, 'no database any more, '.repeat(500))
  writeFileSync(`${place.file}-wal`, 'nor a log')
  const refused = await place.type('latchkey restore copy.sqlite3')
  expect([refused.code, refused.stdout, refused.stderr]).toEqual([
    1,
    '',
    expect.stringContaining('stop all, and add --stopped\n'),
  ])
  expect(readFileSync(place.file, 'utf8')).toMatch(/^no database any more/)
  const { code, stdout } = await place.type('latchkey restore copy.sqlite3 --stopped --json')
  const { replaced, returned } = JSON.parse(stdout)
  expect([code, returned]).toEqual([0, null])
  expect(readFileSync(replaced, 'utf8')).toMatch(/^no database any more/)
  expect(existsSync(`${place.file}-wal`)).toBe(false)
  const restored = await place.serve()
  expect((await restored.send('POST /v1/session', ann)).status).toBe(200)
}, 60_000)

// The superuser, who may run the tests, is refused no file: a folder in the place of the log is no file for anybody.
test('where a database may not be opened, it is not called broken, and its owner is asked for', async () => {
  const { place, server } = await prepare()
  await stop(server)
  mkdirSync(`${place.file}-wal`)
  const before = readFileSync(place.file)
  const refused = await place.type('latchkey restore copy.sqlite3')
  expect([refused.code, refused.stderr]).toEqual([
    1,
    expect.stringMatching(/ may not be opened: run this as its owner, .* add --stopped\n$/),
  ])
  expect(readFileSync(place.file)).toEqual(before)
  const { stderr } = await place.type('latchkey users list')
  expect(stderr).toBe(
    'DATABASE_URL cannot be used: unable to open database file: run this as its owner, in a folder of theirs\n',
  )
}, 60_000)

test('a backup is restored where there is no database yet', async () => {
  const { place, server, key } = await prepare()
  await stop(server)
  const file = join(place.folder, 'elsewhere.sqlite3')
  const databaseUrl = `sqlite:${file}`
  const logs = ['-wal', '-shm', '-journal'].map((suffix) => file + suffix)
  for (const log of logs) writeFileSync(log, 'the log of something that is gone')
  const line = `DATABASE_URL=${databaseUrl} latchkey restore copy.sqlite3`
  const { code, stdout } = await place.type(`${line} --json`)
  expect([code, JSON.parse(stdout)]).toEqual([
    0,
    { applied: [], revoked_sessions: 4, replaced: null, returned: null },
  ])
  expect(logs.filter((log) => existsSync(log))).toEqual([])
  const again = await place.type(line)
  expect([again.code, again.stdout]).toEqual([0, expect.not.stringContaining('Back, and not')])
  expect(
    (await place.type(`DATABASE_URL=${databaseUrl} latchkey api-keys list ann@example.com`)).stdout,
  ).toContain(key.id)
}, 60_000)

test('a database behind a link stays where the link leads', async () => {
  const { place, server } = await prepare()
  await stop(server)
  const [volume, link] = [join(place.folder, 'volume'), join(place.folder, 'app.sqlite3')]
  mkdirSync(volume)
  copyFileSync(place.file, join(volume, 'real.sqlite3'))
  symlinkSync('volume/real.sqlite3', link)
  const before = readFileSync(join(volume, 'real.sqlite3'))
  const { code } = await place.type(`DATABASE_URL=sqlite:${link} latchkey restore copy.sqlite3`)
  expect([code, lstatSync(link).isSymbolicLink()]).toEqual([0, true])
  const names = readdirSync(volume).sort()
  expect(names).toEqual(['real.sqlite3', expect.stringMatching(/^real\.sqlite3\.replaced-/)])
  const replaced = new DatabaseSync(join(volume, names[1] ?? ''), { readOnly: true })
  const users = replaced.prepare('SELECT email_address FROM users').all()
  replaced.close()
  expect(users.map(({ email_address }) => email_address)).toContain(dora.email_address)
  expect(readFileSync(join(volume, 'real.sqlite3'))).not.toEqual(before)
  // Also where the volume has lost it.
  for (const name of readdirSync(volume)) rmSync(join(volume, name))
  const again = await place.type(`DATABASE_URL=sqlite:${link} latchkey restore copy.sqlite3`)
  expect([again.code, lstatSync(link).isSymbolicLink()]).toEqual([0, true])
  expect(readdirSync(volume)).toEqual(['real.sqlite3'])
}, 60_000)

test('what is no sound backup changes nothing', async () => {
  const { place, server } = await prepare()
  await stop(server)
  const copy = readFileSync(join(place.folder, 'copy.sqlite3'))
  const write = (name: string, content: Buffer | string) =>
    writeFileSync(join(place.folder, name), content)
  write('letter', 'Dear Ann, '.repeat(1_000))
  write('damaged', Buffer.from(copy).fill(0x5a, 12_288, copy.length - 12_288))
  write('empty', '')
  write('newer', copy)
  const newer = new DatabaseSync(join(place.folder, 'newer'))
  newer.exec("INSERT INTO latchkey_migrations VALUES ('latchkey/0999_later.sql', 'x', 0)")
  newer.close()
  const told = {
    letter: /letter is no sound database: file is not a database/,
    damaged: /damaged is (no sound database|damaged): /,
    empty: /no tables of Latchkey's/,
    newer: /newer version of Latchkey, which has latchkey\/0999_later\.sql/,
    missing: /There is no file .*missing/,
    'storage/production.sqlite3': /is the database itself/,
  }
  for (const [name, sentence] of Object.entries(told)) {
    const { code, stdout, stderr } = await place.type(`latchkey restore ${name}`)
    expect([name, code, stdout, stderr]).toEqual([name, 1, '', expect.stringMatching(sentence)])
  }
  expect(readdirSync(join(place.folder, 'storage'))).toEqual(['production.sqlite3'])
  const untouched = await place.serve()
  expect(await untouched.database.query('SELECT count(*) FROM users')).toEqual([[3]])
}, 60_000)

test.each([
  ['latchkey restore', 2, /The name of one file is needed/],
  ['latchkey restore --after-pg-restore', 2, /DATABASE_URL names no PostgreSQL/],
  ['latchkey restore copy --after-pg-restore', 2, /Either FILE, or --after-pg-restore/],
  ['latchkey restore copy --former app', 2, /--former goes with --after-pg-restore/],
  [
    'DATABASE_URL=postgres://ann:secret@db.example.com/app latchkey restore app.dump',
    1,
    /pg_restore .*, then latchkey restore --after-pg-restore --former/,
  ],
])(
  '%s restores nothing, and says why',
  async (line, exitCode, sentence) => {
    const place = await preparePlace()
    const { code, stdout, stderr } = await place.type(line)
    expect([code, stdout, stderr]).toEqual([exitCode, '', expect.stringMatching(sentence)])
    expect(stderr).not.toContain('secret')
    expect(readdirSync(place.folder)).toEqual(['latchkey'])
  },
  60_000,
)
