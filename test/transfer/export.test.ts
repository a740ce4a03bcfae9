// latchkey export, and back: nothing is lost on the way, whichever database it is.
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { argon2id, createAuth, createStore } from 'latchkey/server'
import { expect, inject, test } from 'vitest'
import { PrivateFile } from '../../src/cli/commands/private-file.ts'
import { prepareCommand, run } from '../cli/command.ts'
import { temporaryFolder } from '../harness.ts'
import { postgresSchema } from '../postgres-schemas.ts'
import {
  contents,
  csv,
  endedWhileWriting,
  nothing,
  otherBcrypt,
  password,
  prepareTarget,
  summaryOf,
  type Target,
  write,
} from './importing.ts'

const phone = {
  ipAddress: '192.0.2.7',
  // What must not be obeyed, and what is more than one unit long.
  userAgent: 'Fire\u202efox "é" 𝕏',
  requestId: 'r1',
  actor: 'user',
} as const

/** Users from elsewhere and from here, with sessions, an API key and events. */
async function populate(target: Target): Promise<{ token: string; apiKey: string }> {
  const { auth, command } = target
  const id = '0B6F5A0E-3C62-4F8E-9D7C-1E2F3A4B5C6D'
  const rows = csv(['17', 'ann@example.com'], ['a', 'ben@example.com', otherBcrypt], [id, 'c@d.ex'])
  write(target, 'users.csv', rows)
  await summaryOf(run(command, 'latchkey import csv users.csv --json'))
  const emailAddress = 'dora@example.com'
  const user = await auth.createUser({ emailAddress, password })
  await target.database.transaction((transaction) =>
    transaction.query('UPDATE users SET email_verified_at = $1 WHERE id = $2', [
      new Date('2026-11-26T09:00:00.123Z'),
      user.id,
    ]),
  )
  const loggedIn = await auth.logIn({ emailAddress, password }, phone)
  const authenticated = loggedIn && (await auth.authenticate(loggedIn.token.reveal()))
  if (!authenticated || !loggedIn) throw new Error('Nobody is logged in')
  const wanted = { name: 'CI', scopes: ['a:read', 'a:write'], expiresAt: null }
  const created = await auth.createApiKey(authenticated, wanted)
  await auth.banUser((await auth.createUser({ emailAddress: 'eve@example.com', password })).id)
  await auth.flush()
  return { token: loggedIn.token.reveal(), apiKey: created?.token.reveal() ?? '' }
}

/** The other database than that of this run, migrated. */
async function prepareOther(): Promise<Target> {
  const command = await prepareCommand()
  if (inject('database') === 'sqlite') {
    return prepareTarget({ ...command, databaseUrl: await postgresSchema() })
  }
  return prepareTarget({ ...command, databaseUrl: `sqlite:${join(command.folder, 'x.sqlite3')}` })
}

const exported = async ({ command }: Target) => (await run(command, 'latchkey export')).stdout

test.each([
  ['the same database', prepareTarget],
  ['the other database', prepareOther],
])(
  'what is exported comes into %s, and out of it byte by byte',
  async (_which, prepareEmpty) => {
    const source = await prepareTarget()
    const { token, apiKey } = await populate(source)
    const lines = await exported(source)
    const target = await prepareEmpty()
    write(target, 'export.ndjson', lines)
    const line = 'latchkey import ndjson export.ndjson --json'
    const before = await contents(target)
    const counts = { ...nothing, dry_run: true, imported: 5, sessions: 1, api_keys: 1 }
    const dry = await summaryOf(run(target.command, `${line} --dry-run`))
    expect(dry).toEqual({ ...counts, events: expect.any(Number) })
    expect(await contents(target)).toEqual(before)
    expect(await summaryOf(run(target.command, line))).toEqual({ ...dry, dry_run: false })
    expect(await exported(target)).toBe(lines)
    // Whoever was logged in still is, and passwords from elsewhere still open.
    expect((await target.auth.authenticate(token))?.user.emailAddress).toBe('dora@example.com')
    expect(await target.auth.authenticateApiKey(apiKey)).not.toBeNull()
    expect(await target.auth.logIn({ emailAddress: 'ann@example.com', password })).not.toBeNull()
  },
  60_000,
)

test('an export that is imported again changes nothing, and what was revoked since stays so', async () => {
  const source = await prepareTarget()
  const { token, apiKey } = await populate(source)
  write(source, 'export.ndjson', await exported(source))
  const line = 'latchkey import ndjson export.ndjson --json'
  const before = await contents(source)
  expect(await summaryOf(run(source.command, line))).toEqual({ ...nothing, unchanged: 5 })
  expect(await contents(source)).toEqual(before)
  const authenticated = await source.auth.authenticate(token)
  await source.auth.logOut(authenticated?.session ?? fail())
  const key = await source.auth.authenticateApiKey(apiKey)
  await source.auth.revokeApiKey(key?.apiKey ?? fail())
  const after = await contents(source)
  const again = await summaryOf(run(source.command, line))
  expect(again).toEqual({ ...nothing, unchanged: 5, refused: { ended_here: 2 } })
  expect(await contents(source)).toEqual(after)
  expect(await source.auth.authenticate(token)).toBeNull()
}, 60_000)

test('an export brings back no session and no API key behind the end of all of them, nor those of a ban', async () => {
  const source = await prepareTarget()
  const { token, apiKey } = await populate(source)
  const lines = (await exported(source))
    .split('\n')
    .filter((line) => !line.includes('"type":"event"'))
  const counted = lines.filter((line) => line !== '').length - 2
  const whole = lines.map((line) => line.replace(/"records":\d+/, `"records":${counted}`))
  const target = await prepareOther()
  write(target, 'export.ndjson', whole.join('\n'))
  const line = 'latchkey import ndjson export.ndjson --json'
  expect(await summaryOf(run(target.command, line))).toMatchObject({ sessions: 1, api_keys: 1 })
  await target.auth.revokeAllSessions()
  await target.auth.revokeAllApiKeys()
  const again = await summaryOf(run(target.command, line))
  expect(again).toMatchObject({ sessions: 0, api_keys: 0, refused: { ended_here: 2 } })
  expect(await target.auth.authenticate(token)).toBeNull()
  expect(await target.auth.authenticateApiKey(apiKey)).toBeNull()
}, 60_000)

function fail(): never {
  throw new Error('There should be one')
}

test('an export has no token and no password, nothing that a terminal obeys, and one end', async () => {
  const source = await prepareTarget()
  const { token, apiKey } = await populate(source)
  const text = await exported(source)
  for (const secret of [token, apiKey, password, '\u202e']) expect(text).not.toContain(secret)
  const records = text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
  expect(records[0]).toEqual({ type: 'latchkey_export', version: 1 })
  expect(records.at(-1)).toEqual({ type: 'latchkey_export_end', records: records.length - 2 })
  const [session] = records.filter(({ type }) => type === 'session')
  expect(session.user_agent).toBe(phone.userAgent)
}, 60_000)

test('a file is written for its owner’s eyes, and none is overwritten', async () => {
  const source = await prepareTarget()
  const file = join(source.command.folder, 'export.ndjson')
  const line = 'latchkey export --output export.ndjson'
  expect((await run(source.command, line)).code).toBe(0)
  expect(statSync(file).mode & 0o777).toBe(0o600)
  const written = readFileSync(file, 'utf8')
  expect(await run(source.command, line)).toMatchObject({
    code: 1,
    stderr: 'export.ndjson is there already: name another file\n',
  })
  expect(readFileSync(file, 'utf8')).toBe(written)
  expect(existsSync(`${file}~`)).toBe(false)
}, 60_000)

test('who is ended while a file is written leaves none of that name, and the same line writes it later', async () => {
  const source = await prepareTarget()
  const file = join(source.command.folder, 'export.ndjson')
  const line = 'latchkey export --output export.ndjson'
  const { stdout } = await run(source.command, `${endedWhileWriting} ${line}; echo $?`)
  expect([stdout, existsSync(file)]).toEqual(['143\n', false])
  expect((await run(source.command, line)).code).toBe(0)
  expect(readFileSync(file, 'utf8')).toContain('latchkey_export_end')
}, 60_000)

test('a file that somebody makes while another of its name is written stays as it is', async () => {
  const folder = temporaryFolder()
  const path = join(folder, 'export.ndjson')
  const file = new PrivateFile(path)
  file.write('ours')
  writeFileSync(path, 'theirs')
  expect(() => file.close()).toThrow('export.ndjson is there already: name another file')
  file.remove()
  expect([readdirSync(folder), readFileSync(path, 'utf8')]).toEqual([['export.ndjson'], 'theirs'])
})

test('an export that was cut off, or has lost a line, is not taken for a whole one', async () => {
  const source = await prepareTarget()
  await populate(source)
  const lines = (await exported(source)).split('\n')
  const target = await prepareTarget()
  for (const cut of [lines.slice(0, -3), lines.toSpliced(2, 1)]) {
    write(target, 'cut.ndjson', cut.join('\n'))
    const { code, stderr } = await run(target.command, 'latchkey import ndjson cut.ndjson')
    expect([code, stderr]).toEqual([1, expect.stringMatching(/The export is not whole/)])
  }
}, 60_000)

const fourLanes = `$argon2id$v=19$m=65536,t=3,p=4$c2FsdHNhbHRzYWx0c2FsdA$${'A'.repeat(43)}`

const faults: [string, (user: Record<string, unknown>) => Record<string, unknown>][] = [
  ['another column', (user) => ({ ...user, is_admin: true })],
  ['no address', (user) => ({ ...user, email_address: 'Ann@Example.com' })],
  ['an id that is none', (user) => ({ ...user, id: 'x' })],
  ['no instant', (user) => ({ ...user, created_at: '2026-01-01' })],
  ['NUL', (user) => ({ ...user, origins: [{ origin: 'a', origin_id: '\0' }] })],
  ['a scheme that is not that of the hash', (user) => ({ ...user, password_scheme: 'bcrypt/5' })],
  [
    'no scheme of a hash that no server makes',
    (user) => ({ ...user, password_hash: fourLanes, password_scheme: null }),
  ],
  ['another type', (user) => ({ ...user, type: 'admin' })],
]

test('a record that no export has is refused, and the others come in', async () => {
  const source = await prepareTarget()
  const rows = Array.from({ length: faults.length + 1 }, (_, index) => {
    return [`${index}`, `u${index}@example.com`] as const
  })
  write(source, 'users.csv', csv(...rows))
  await summaryOf(run(source.command, 'latchkey import csv users.csv --json'))
  const [header = '', ...lines] = (await exported(source)).split('\n')
  const changed = faults.map(([, change], index) => change(JSON.parse(lines[index] ?? '')))
  const text = [
    header,
    ...changed.map((each) => JSON.stringify(each)),
    ...lines.slice(faults.length),
  ]
  const target = await prepareTarget()
  write(target, 'export.ndjson', text.join('\n'))
  const line = 'latchkey import ndjson export.ndjson --report refused.ndjson --json'
  const expected = { ...nothing, imported: 1, refused: { invalid_record: faults.length } }
  expect(await summaryOf(run(target.command, line))).toEqual(expected)
  const refused = readFileSync(join(target.command.folder, 'refused.ndjson'), 'utf8')
  const places = refused
    .trim()
    .split('\n')
    .map((each) => JSON.parse(each).where)
    .sort()
  expect(places).toEqual(faults.map((_fault, index) => `line ${index + 2}`))
}, 60_000)

test('a hash of Latchkey’s that cost more than usual comes back, and its password works', async () => {
  const source = await prepareTarget()
  const passwordHash = argon2id({ cost: { memoryKibibytes: 65_536, passes: 1 } })
  const costly = createAuth({ store: createStore(source.database), passwordHash })
  await costly.createUser({ emailAddress: 'ann@example.com', password })
  const target = await prepareTarget()
  write(target, 'export.ndjson', await exported(source))
  const line = 'latchkey import ndjson export.ndjson --json'
  expect(await summaryOf(run(target.command, line))).toMatchObject({ imported: 1, refused: {} })
  const usual = createAuth({ store: createStore(target.database), passwordHash: argon2id() })
  expect(await usual.logIn({ emailAddress: 'ann@example.com', password })).not.toBeNull()
})

test('a hash of Latchkey’s that anybody could guess is refused with its reason, and not read back', async () => {
  const source = await prepareTarget()
  const passwordHash = argon2id({ cost: { memoryKibibytes: 512, passes: 1 } })
  const cheap = createAuth({ store: createStore(source.database), passwordHash })
  await cheap.createUser({ emailAddress: 'ann@example.com', password })
  await source.auth.createUser({ emailAddress: 'ben@example.com', password })
  const target = await prepareTarget()
  write(target, 'export.ndjson', await exported(source))
  const summary = await summaryOf(
    run(target.command, 'latchkey import ndjson export.ndjson --json'),
  )
  expect(summary).toMatchObject({ imported: 1, refused: { hash_too_weak: 1 } })
  expect((await contents(target)).users).toHaveLength(1)
}, 60_000)
