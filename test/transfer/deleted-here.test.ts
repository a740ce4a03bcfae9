// Who was deleted here, and what was over here, does not come back with another run of an import.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { markOf } from '../../src/storage/deleted-users.ts'
import { run } from '../cli/command.ts'
import { bcrypt, contents, csv, nothing, prepareTarget, summaryOf, write } from './importing.ts'

const uuid = '0B6F5A0E-3C62-4F8E-9D7C-1E2F3A4B5C6D'
const line = 'latchkey import csv users.csv --json'

async function deleteUser({ command }: Awaited<ReturnType<typeof prepareTarget>>, address: string) {
  const ran = await run(command, `latchkey users delete ${address}`)
  expect([ran.code, ran.stderr]).toEqual([0, expect.any(String)])
}

test.each([
  ['a UUID', csv([uuid, 'ann@example.com'], ['2', 'ben@example.com'])],
  ['another id', csv(['17', 'ann@example.com'], ['2', 'ben@example.com'])],
  ['no id', `email_address,password_hash\nann@example.com,${bcrypt}\nben@example.com,\n`],
])(
  'whoever had %s and was deleted here does not come back',
  async (_what, file) => {
    const target = await prepareTarget()
    write(target, 'users.csv', file)
    await summaryOf(run(target.command, line))
    await deleteUser(target, 'ann@example.com')
    const before = await contents(target)
    const again = { ...nothing, unchanged: 1, refused: { deleted_here: 1 } }
    const dry = await summaryOf(run(target.command, `${line} --dry-run`))
    expect(dry).toEqual({ ...again, dry_run: true })
    expect(await summaryOf(run(target.command, line))).toEqual(again)
    expect(await contents(target)).toEqual(before)
    // What stays of them says nothing of who they were.
    const kept = JSON.stringify([before.deleted_users, before.users, before.imported_users])
    expect(kept).not.toMatch(/ann@example|0b6f5a0e|"17"/i)
  },
  60_000,
)

test.each([
  ['a UUID', uuid, uuid, ''],
  ['another id', '17', '17', ' --origin csv'],
  ['no id', null, 'Ann@Example.com', ' --origin csv'],
])(
  'one user with %s is let in again, and the others are not',
  async (_what, id, name, option) => {
    const target = await prepareTarget()
    const file =
      id === null
        ? `email_address,password_hash\nann@example.com,${bcrypt}\nben@example.com,\n`
        : csv([id, 'ann@example.com'], ['2', 'ben@example.com'])
    write(target, 'users.csv', file)
    await summaryOf(run(target.command, line))
    await deleteUser(target, 'ann@example.com')
    await deleteUser(target, 'ben@example.com')
    const readmit = `latchkey users readmit ${name}`
    const other = await run(target.command, `${readmit} --origin forum`)
    // A UUID is one user, wherever they come from.
    expect(other.code).toBe(id === uuid ? 0 : 1)
    const { code } = await run(target.command, `${readmit}${option}`)
    expect(code).toBe(id === uuid ? 1 : 0)
    const again = await summaryOf(run(target.command, line))
    expect(again).toEqual({ ...nothing, imported: 1, refused: { deleted_here: 1 } })
    expect((await contents(target)).users).toHaveLength(1)
  },
  60_000,
)

test('marks that no import asks for are not written', async () => {
  const target = await prepareTarget()
  write(target, 'users.csv', csv([uuid, 'ann@example.com'], ['17', 'ben@example.com']))
  await summaryOf(run(target.command, line))
  for (const name of ['ann', 'ben']) await deleteUser(target, `${name}@example.com`)
  const marks = (await contents(target)).deleted_users ?? []
  expect(marks.map(([, origin]) => origin).sort()).toEqual(['csv', 'latchkey', 'latchkey'])
  expect((await run(target.command, 'latchkey users readmit 17')).code).toBe(2)
}, 60_000)

test('whoever has an id of that kind in another system is somebody else', async () => {
  const target = await prepareTarget()
  write(target, 'users.csv', csv(['17', 'ann@example.com']))
  await summaryOf(run(target.command, line))
  await deleteUser(target, 'ann@example.com')
  const other = await summaryOf(run(target.command, `${line} --origin forum`))
  expect(other).toEqual({ ...nothing, imported: 1 })
}, 60_000)

test('an export brings back nobody who was deleted since, nor who they were in what happened', async () => {
  const source = await prepareTarget()
  const { auth, command } = source
  const address = 'dora@example.com'
  await auth.createUser({ emailAddress: address, password: 'correct horse battery' })
  await auth.logIn(
    { emailAddress: address, password: 'correct horse battery' },
    { ipAddress: '192.0.2.7', userAgent: 'Firefox', requestId: 'r1', actor: 'user' },
  )
  await auth.flush()
  const first = (await run(command, 'latchkey export')).stdout
  const target = await prepareTarget()
  // What happened did not come with the first, and comes with the second.
  const lines = first.trim().split('\n')
  const without = lines.filter((each) => !each.includes('"type":"event"')).slice(0, -1)
  const end = { type: 'latchkey_export_end', records: without.length - 1 }
  write(target, 'first.ndjson', [...without, JSON.stringify(end)].join('\n'))
  write(target, 'second.ndjson', first)
  expect(
    await summaryOf(run(target.command, 'latchkey import ndjson first.ndjson --json')),
  ).toEqual({ ...nothing, imported: 1, sessions: 1 })
  await deleteUser(target, address)
  const again = await summaryOf(run(target.command, 'latchkey import ndjson second.ndjson --json'))
  expect(again).toMatchObject({ imported: 0, refused: { deleted_here: 1, unknown_user: 1 } })
  expect(again.events).toBeGreaterThan(0)
  const { users, sessions, events } = await contents(target)
  expect([users, sessions]).toEqual([[], []])
  expect(JSON.stringify(events)).not.toMatch(/dora|192\.0\.2\.7|Firefox/)
  // And the mark goes on with the next export.
  const moved = await prepareTarget()
  write(moved, 'moved.ndjson', (await run(target.command, 'latchkey export')).stdout)
  write(moved, 'second.ndjson', first)
  await summaryOf(run(moved.command, 'latchkey import ndjson moved.ndjson --json'))
  const later = await summaryOf(run(moved.command, 'latchkey import ndjson second.ndjson --json'))
  expect(later).toMatchObject({ imported: 0, refused: { deleted_here: 1 } })
}, 120_000)

test('whoever is here, and was deleted where an export comes from, is named, and is not touched', async () => {
  const source = await prepareTarget()
  const password = 'correct horse battery'
  for (const name of ['dora', 'emil']) {
    await source.auth.createUser({ emailAddress: `${name}@example.com`, password })
  }
  const client = {
    ipAddress: '192.0.2.7',
    userAgent: 'Firefox',
    requestId: 'r1',
    actor: 'user',
  } as const
  await source.auth.logIn({ emailAddress: 'dora@example.com', password }, client)
  await source.auth.flush()
  const target = await prepareTarget()
  const move = async (name: string, options = '') => {
    write(target, name, (await run(source.command, 'latchkey export')).stdout)
    return summaryOf(run(target.command, `latchkey import ndjson ${name} --json${options}`))
  }
  await move('rehearsal.ndjson')
  await deleteUser(source, 'dora@example.com')
  const before = await contents(target)
  for (const options of [' --dry-run', '', ' --report refused.ndjson']) {
    const summary = await move(`final${options.length}.ndjson`, options)
    expect(summary).toMatchObject({ unchanged: 1, refused: { deleted_there: 1 } })
  }
  const report = JSON.parse(readFileSync(join(target.command.folder, 'refused.ndjson'), 'utf8'))
  expect(report).toMatchObject({ reason: 'deleted_there', email_address: 'dora@example.com' })
  const { users, sessions, deleted_users: marks } = await contents(target)
  expect([users, sessions, marks]).toEqual([before.users, before.sessions, []])
  // And an export of this one is as before: nothing of what happened to them is lost on the way.
  const lines = (await run(target.command, 'latchkey export')).stdout
  expect(lines).toMatch(/192\.0\.2\.7/)
}, 120_000)

test('a mark beside a user who is there takes nothing away, here or in an export that moves', async () => {
  const source = await prepareTarget()
  const password = 'correct horse battery'
  const user = await source.auth.createUser({ emailAddress: 'dora@example.com', password })
  const client = {
    ipAddress: '192.0.2.7',
    userAgent: 'Firefox',
    requestId: 'r1',
    actor: 'user',
  } as const
  await source.auth.logIn({ emailAddress: 'dora@example.com', password }, client)
  await source.auth.flush()
  await source.database.transaction((transaction) =>
    transaction.query('INSERT INTO deleted_users (id, origin) VALUES ($1, $2)', [
      markOf({ origin: 'latchkey', originId: user.id }),
      'latchkey',
    ]),
  )
  const lines = (await run(source.command, 'latchkey export')).stdout
  const target = await prepareTarget()
  write(target, 'export.ndjson', lines)
  const summary = await summaryOf(
    run(target.command, 'latchkey import ndjson export.ndjson --json'),
  )
  expect(summary).toMatchObject({ imported: 1, sessions: 1, refused: {} })
  expect((await run(target.command, 'latchkey export')).stdout).toBe(lines)
}, 120_000)
