// latchkey import csv and ndjson, as an operator runs them.
import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { run } from '../cli/command.ts'
import {
  bcrypt,
  contents,
  csv,
  endedWhileWriting,
  nothing,
  otherBcrypt,
  otherPassword,
  password,
  prepareTarget,
  summaryOf,
  write,
} from './importing.ts'

const ann = 'ann@example.com'

test('users of a file log in with the password that they had, and stay who they were', async () => {
  const target = await prepareTarget()
  const id = '0b6f5a0e-3c62-4f8e-9d7c-1e2f3a4b5c6d'
  write(
    target,
    'users.csv',
    `id,email_address,password_hash,email_verified_at,banned_at,created_at,updated_at
${id.toUpperCase()}, Ann@Example.com ,${bcrypt},2020-01-02 03:04:05,,2019-01-02T03:04:05Z,2021-01-02T03:04:05Z
17,ben@example.com,${bcrypt},,2022-01-02,,
18,cleo@example.com,,,,1500000000,
`,
  )
  const summary = await summaryOf(run(target.command, 'latchkey import csv users.csv --json'))
  expect(summary).toEqual({ ...nothing, imported: 3 })
  const { users, imported_users: imported } = await contents(target)
  expect(users?.map(([, address]) => address).sort()).toEqual([
    ann,
    'ben@example.com',
    'cleo@example.com',
  ])
  expect(imported?.map((row) => row.slice(0, 2))).toEqual(
    [
      ['csv', id.toUpperCase()],
      ['csv', '17'],
      ['csv', '18'],
    ].sort(),
  )
  const { auth } = target
  const loggedIn = await auth.logIn({ emailAddress: ann, password })
  expect(loggedIn?.user).toMatchObject({
    id,
    emailVerifiedAt: new Date('2020-01-02T03:04:05Z'),
    createdAt: new Date('2019-01-02T03:04:05Z'),
  })
  expect(await auth.logIn({ emailAddress: ann, password: otherPassword })).toBeNull()
  // Banned, and without a password.
  expect(await auth.logIn({ emailAddress: 'ben@example.com', password })).toBeNull()
  expect(await auth.logIn({ emailAddress: 'cleo@example.com', password: '' })).toBeNull()
})

test('a dry run says what the import does, and writes nothing', async () => {
  const target = await prepareTarget()
  write(
    target,
    'users.csv',
    csv(['1', ann], ['2', 'ben@example.com'], ['3', ann], ['2', 'cleo@example.com'], ['4', 'x']),
  )
  const before = await contents(target)
  const dry = await run(target.command, 'latchkey import csv users.csv --dry-run --json')
  expect(await contents(target)).toEqual(before)
  expect(dry.stderr).toContain('Nothing was written')
  const wet = await run(target.command, 'latchkey import csv users.csv --json')
  const [said, done] = [dry, wet].map(({ stdout }) =>
    JSON.parse(stdout.replace(/(?<=seconds":)[\d.]+/g, '0')),
  )
  expect({ ...said, dry_run: false }).toEqual(done)
  expect(done.refused).toEqual({ email_address_taken: 1, id_taken: 1, invalid_email_address: 1 })
  expect((await contents(target)).users).toHaveLength(2)
})

test.each([
  ['blank_email_address', ['1', ' ']],
  ['invalid_email_address', ['1', 'ann']],
  ['invalid_id', ['a\tb', ann]],
  ['invalid_id', ['\u0000', ann]],
  ['invalid_id', ['\ufffd', ann]],
  ['unknown_hash_format', ['1', ann, 'plain text']],
  ['hash_too_expensive', ['1', ann, bcrypt.replace('$04$', '$20$')]],
  [
    'hash_too_weak',
    ['1', ann, 'pbkdf2_sha256$1$c2FsdHNhbHQ$VGhpcyBpcyBhIGtleSBvZiAzMiBieXRlcyBsb25nLi4='],
  ],
] as const)('%s: such a row is refused, and the next one comes in', async (reason, row) => {
  const target = await prepareTarget()
  write(target, 'users.csv', csv([...row], ['2', 'ben@example.com']))
  const summary = await summaryOf(run(target.command, 'latchkey import csv users.csv --json'))
  expect(summary).toEqual({ ...nothing, imported: 1, refused: { [reason]: 1 } })
})

test('an instant that can be read in two ways is refused', async () => {
  const target = await prepareTarget()
  const lines = ['created_at', 'updated_at', 'banned_at', 'email_verified_at'].map((name, index) =>
    JSON.stringify({
      id: index,
      email_address: `${name}@example.com`,
      password_hash: bcrypt,
      [name]: '01/02/2026',
    }),
  )
  write(target, 'users.ndjson', lines.join('\n'))
  const summary = await summaryOf(run(target.command, 'latchkey import ndjson users.ndjson --json'))
  expect(summary).toEqual({ ...nothing, refused: { invalid_instant: 4 } })
})

test('an address or an id that somebody has here stays theirs', async () => {
  const target = await prepareTarget()
  const mine = await target.auth.createUser({ emailAddress: ann, password })
  write(target, 'users.csv', csv(['1', 'Ann@example.com'], [mine.id, 'ben@example.com']))
  const before = await contents(target)
  const summary = await summaryOf(run(target.command, 'latchkey import csv users.csv --json'))
  expect(summary.refused).toEqual({ email_address_taken: 1, id_taken: 1 })
  expect(await contents(target)).toEqual(before)
})

test('a ninth kind of hash is refused: each log-in costs the sum of them', async () => {
  const target = await prepareTarget()
  // One scheme each by its memory, and beyond what the own filler covers.
  const key = Buffer.alloc(32, 1).toString('base64').replaceAll('=', '')
  const hashes = Array.from({ length: 9 }, (_, index) => {
    return `$scrypt$ln=${10 + Math.floor(index / 3)},r=${8 + (index % 3)},p=1$c2FsdHNhbHRzYWx0$${key}`
  })
  const lines = hashes.map((hash, index) => {
    return JSON.stringify({ email_address: `u${index}@example.com`, password_hash: hash })
  })
  write(target, 'users.ndjson', lines.join('\n'))
  const line = 'latchkey import ndjson users.ndjson --json'
  const summary = await summaryOf(run(target.command, line))
  expect(summary).toEqual({ ...nothing, imported: 8, refused: { too_many_schemes: 1 } })
  expect((await summaryOf(run(target.command, line))).refused).toEqual({ too_many_schemes: 1 })
})

test('a second run changes nothing, and without ids the address stands for one', async () => {
  const target = await prepareTarget()
  const rows = `email_address,password_hash\n${ann},${bcrypt}\nben@example.com,\n${ann},${otherBcrypt}\n`
  write(target, 'users.csv', rows)
  const first = await summaryOf(run(target.command, 'latchkey import csv users.csv --json'))
  const before = await contents(target)
  const second = await summaryOf(run(target.command, 'latchkey import csv users.csv --json'))
  expect(await contents(target)).toEqual(before)
  expect(first).toEqual({ ...nothing, imported: 2, refused: { email_address_taken: 1 } })
  expect(second).toEqual({ ...nothing, unchanged: 2, refused: { email_address_taken: 1 } })
})

test('a password that was changed there comes along, unless its user has been here', async () => {
  const target = await prepareTarget()
  const { auth } = target
  write(target, 'users.csv', csv(['1', ann], ['2', 'ben@example.com'], ['3', 'cleo@example.com']))
  await summaryOf(run(target.command, 'latchkey import csv users.csv --json'))
  expect(await auth.logIn({ emailAddress: 'ben@example.com', password })).not.toBeNull()
  const later = csv(
    ['1', ann, otherBcrypt],
    ['2', 'ben@example.com', otherBcrypt],
    // Somebody else's id, of another system.
    ['3', 'dora@example.com', otherBcrypt],
  )
  write(target, 'later.csv', later)
  const line = 'latchkey import csv later.csv --json'
  const summary = await summaryOf(run(target.command, line))
  expect(summary).toEqual({
    ...nothing,
    updated: 1,
    unchanged: 1,
    refused: { email_address_changed: 1 },
  })
  const before = await contents(target)
  expect(await summaryOf(run(target.command, line))).toMatchObject({ updated: 0, unchanged: 2 })
  expect(await contents(target)).toEqual(before)
  expect(await auth.logIn({ emailAddress: ann, password })).toBeNull()
  const loggedIn = [
    await auth.logIn({ emailAddress: ann, password: otherPassword }),
    await auth.logIn({ emailAddress: 'ben@example.com', password }),
    await auth.logIn({ emailAddress: 'cleo@example.com', password }),
  ]
  expect(loggedIn.map((each) => each?.user.emailAddress)).toEqual([
    ann,
    'ben@example.com',
    'cleo@example.com',
  ])
})

test('two systems that count from 1 are told apart by a name', async () => {
  const target = await prepareTarget()
  write(target, 'a.csv', csv(['1', ann]))
  write(target, 'b.csv', csv(['1', 'ben@example.com', otherBcrypt]))
  await summaryOf(run(target.command, 'latchkey import csv a.csv --origin shop --json'))
  const second = run(target.command, 'latchkey import csv b.csv --origin forum --json')
  expect(await summaryOf(second)).toEqual({ ...nothing, imported: 1 })
  for (const name of ['latchkey', 'Shop', '']) {
    const { code } = await run(target.command, `latchkey import csv a.csv --origin "${name}"`)
    expect([name, code]).toEqual([name, 2])
  }
})

test('the report has every refused row and why, for its owner’s eyes, and no hash', async () => {
  const target = await prepareTarget()
  const { command } = target
  const bad = Array.from({ length: 12 }, (_, index) => [`${index}`, `u${index}`] as const)
  write(target, 'users.csv', csv(...bad, ['a', '\u001b[2Jx@example', bcrypt]))
  const line = 'latchkey import csv users.csv --report refused.ndjson'
  // Who is ended meanwhile has no report of that name, which would be in the way.
  expect((await run(command, `${endedWhileWriting} ${line}; echo $?`)).stdout).toBe('143\n')
  const { code, stdout, stderr } = await run(command, line)
  const file = join(command.folder, 'refused.ndjson')
  const rows = readFileSync(file, 'utf8').trim().split('\n')
  expect([code, rows.length, statSync(file).mode & 0o777]).toEqual([0, 13, 0o600])
  expect(JSON.parse(rows[0] ?? '')).toEqual({
    where: 'line 2',
    reason: 'invalid_email_address',
    email_address: 'u0',
  })
  // What is in the file is not obeyed by a terminal.
  const said = stdout + stderr + rows.join()
  expect([said.includes('\u001b'), said.includes('$2')]).toEqual([false, false])
  expect(stderr.split('\n').slice(0, 11)).toEqual([
    ...Array.from({ length: 10 }, (_, index) => {
      return `line ${index + 2}: invalid_email_address u${index}`
    }),
    '… and 3 more were refused: the report has all',
  ])
  const again = await run(command, line)
  expect([again.code, again.stderr]).toEqual([
    1,
    'refused.ndjson is there already: name another file\n',
  ])
})

test.each([
  ['latchkey import csv', 2, /One file, or - for the standard input, is needed/],
  ['latchkey import csv a.csv b.csv', 2, /One file/],
  ['latchkey import csv nowhere.csv', 1, /^nowhere.csv cannot be read/],
  ['latchkey import csv users.csv --map nowhere.json', 1, /^nowhere.json cannot be read/],
  ['latchkey import csv users.csv --map users.csv', 1, /it is no JSON/],
  ['latchkey import csv users.csv --report no/where', 1, /^no\/where cannot be written/],
])('%s ends with %i and a sentence', async (line, expected, sentence) => {
  const target = await prepareTarget()
  write(target, 'users.csv', csv(['1', ann]))
  const { code, stderr } = await run(target.command, line)
  expect([code, stderr]).toEqual([expected, expect.stringMatching(sentence)])
  expect((await contents(target)).users).toEqual([])
})

test('a mapping gives columns other names, and what it does not know is refused', async () => {
  const target = await prepareTarget()
  write(target, 'users.csv', `Nr,E-Mail,Since\n7,${ann},2020-01-01\n`)
  const map = {
    users: { id: 'Nr', email_address: 'E-Mail', password_hash: null, created_at: 'Since' },
  }
  write(target, 'map.json', JSON.stringify(map))
  const line = 'latchkey import csv users.csv --map map.json --json'
  expect(await summaryOf(run(target.command, line))).toEqual({ ...nothing, imported: 1 })
  const { users, imported_users: imported } = await contents(target)
  expect([users?.[0]?.[2], imported?.[0]?.[1]]).toEqual(['!', '7'])
  for (const [wrong, sentence] of [
    [{ users: { adress: 'x' } }, 'The mapping knows no users.adress, but id, email_address'],
    [{ people: {} }, 'The mapping knows no people, but users'],
    [{ users: { id: 'ID', email_address: null } }, 'users.email_address must be a name'],
    [{ users: { id: 7 } }, 'users.id must be a name, or null'],
    [{ users: { id: 'ID' } }, 'The file has no column ID, but Nr, E-Mail, Since'],
    [[], 'The mapping must be a JSON object'],
  ] as const) {
    write(target, 'map.json', JSON.stringify(wrong))
    const refused = await run(target.command, line)
    expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining(sentence)])
  }
})

test('a file comes by the standard input too', async () => {
  const target = await prepareTarget()
  write(target, 'users.csv', csv(['1', ann]))
  const line = 'cat users.csv | latchkey import csv - --json'
  expect(await summaryOf(run(target.command, line))).toEqual({ ...nothing, imported: 1 })
})
