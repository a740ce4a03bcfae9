// Whoever comes from another system logs in with their old password, and stays logged in where that can be.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, inject, test, vi } from 'vitest'
import { type Command, prepareCommand, run } from '../cli/command.ts'
import { bearer, type Server, startServer } from '../harness.ts'
import { importedKeys, importingHash } from '../imported-people.ts'
import { fixtureName, fixtureText, openFixture, runIn } from './fixture.ts'

// Hashes of other systems cost what they cost there.
vi.setConfig({ testTimeout: 60_000 })

interface Prepared {
  readonly command: Command
  readonly server: Server
  /** What the command says of an import, as JSON. */
  readonly import: (options?: string) => Promise<Imported>
}

interface Imported {
  readonly imported: number
  readonly unchanged: number
  readonly updated: number
  readonly sessions: number
  readonly refused: Readonly<Record<string, number>>
  readonly stderr: string
}

async function prepare(origin: string, fixture: string): Promise<Prepared> {
  const command = await prepareCommand()
  expect((await run(command, 'latchkey migrate --json')).code).toBe(0)
  const url = await openFixture(fixture)
  const server = await startServer({
    databaseUrl: command.databaseUrl,
    auth: { passwordHash: importingHash },
    now: new Date(),
  })
  return {
    command,
    server,
    async import(options = '') {
      const line = `latchkey import ${origin} --database '${url}' --json ${options}`
      const { code, stdout, stderr } = await run(command, line)
      expect([code, stderr]).toEqual([0, stderr])
      // SECURITY: neither hashes nor tokens are shown, of whomever.
      expect(stdout + stderr).not.toMatch(/\$2a\$|[\da-f]{64}|\b\w{24}\b|\$argon2/)
      return { ...JSON.parse(stdout), stderr }
    },
  }
}

function logIn({ send }: Server, emailAddress: string, password: string) {
  return send('POST /v1/session', { email_address: emailAddress, password })
}

/** How a log-in with almost each of these passwords is answered, and then with it. */
async function statuses(server: Server, people: Readonly<Record<string, string>>) {
  const answers: unknown[] = []
  for (const [emailAddress, password] of Object.entries(people)) {
    const wrong = await logIn(server, emailAddress, `${password.slice(0, -1)}~`)
    const right = await logIn(server, emailAddress, password)
    answers.push([emailAddress, wrong.status, right.status])
  }
  return answers
}

const letIn = (people: Readonly<Record<string, string>>) =>
  Object.keys(people).map((emailAddress) => [emailAddress, 401, 200])

const horse = 'correct horse battery'
const rails = {
  'ann@example.com': horse,
  'bob@example.com': 'pässwörd für bob',
  'carl@example.com': 'x'.repeat(72),
  'dora@example.com': 'a',
}

async function tableOf({ database }: Server, table: string) {
  return database.query(`SELECT * FROM ${table} ORDER BY 1, 2`)
}

test('from Rails every user logs in with the old password, and everybody else is named', async () => {
  const { server, ...prepared } = await prepare('rails', fixtureName('rails'))
  const imported = await prepared.import()
  expect(imported).toMatchObject({
    imported: 4,
    sessions: 5,
    refused: {
      blank_email_address: 1,
      email_address_taken: 1,
      invalid_email_address: 1,
      unknown_user: 3,
    },
  })
  expect(imported.stderr).toContain('users 4: email_address_taken ann@example.com')
  expect(imported.stderr).toContain('users 5: invalid_email_address no address')
  expect(await statuses(server, rails)).toEqual(letIn(rails))
  expect((await logIn(server, 'no address', horse)).status).toBe(401)
})

test('from Rails every session is the session that it was, from request to request', async () => {
  const { server, ...prepared } = await prepare('rails', fixtureName('rails'))
  const tokens = [...fixtureText(fixtureName('rails')).matchAll(/, '([A-Za-z0-9]{24})'\);$/gm)]
  expect(tokens).toHaveLength(8)
  for (const [, token = ''] of tokens) {
    expect((await server.send('GET /v1/session', undefined, bearer(token))).status).toBe(401)
  }
  await prepared.import()
  // A server that runs meanwhile looks every ten seconds whether there are such tokens.
  server.clock.advance({ seconds: 11 })
  const seen: unknown[] = []
  for (const [, token = ''] of tokens) {
    const { status, body } = await server.send('GET /v1/session', undefined, bearer(token))
    seen.push([status, body.user?.email_address])
  }
  const out = [401, undefined]
  expect(seen).toEqual([
    ...[
      [200, 'ann@example.com'],
      [200, 'bob@example.com'],
      [200, 'carl@example.com'],
    ],
    // Of those who could not come.
    ...[out, out, out],
    ...[
      [200, 'dora@example.com'],
      [200, 'ann@example.com'],
    ],
  ])
})

test('a session that has come is a device like others, and ends like others', async () => {
  const { server, ...prepared } = await prepare('rails', fixtureName('rails'))
  await prepared.import()
  const text = fixtureText(fixtureName('rails'))
  const [, phone = ''] = /'Phone', .*'([A-Za-z0-9]{24})'\);$/m.exec(text) ?? []
  const listed = await server.send('GET /v1/sessions', undefined, bearer(phone))
  expect(listed.body.sessions).toMatchObject([
    { current: true, ip_address: '2001:db8::1', user_agent: 'Phone' },
    { current: false, ip_address: '192.0.2.1' },
  ])
  expect((await server.send('DELETE /v1/session', undefined, bearer(phone))).status).toBe(200)
  expect((await server.send('GET /v1/session', undefined, bearer(phone))).status).toBe(401)
  // Nor does another import bring back what was ended.
  const again = await prepared.import()
  expect([again.sessions, again.unchanged]).toEqual([0, 4])
  expect((await server.send('GET /v1/session', undefined, bearer(phone))).status).toBe(401)
})

const origins = [
  ['rails', fixtureName('rails')],
  ['devise', fixtureName('devise')],
  ['better-auth', fixtureName('better-auth')],
  ['supabase', 'supabase-postgres'],
] as const

test.each(origins)(
  'from %s a second run changes nothing, and a dry run writes nothing',
  async (origin, fixture) => {
    const { server, ...prepared } = await prepare(origin, fixture)
    const tables = ['users', 'imported_users', 'sessions', 'imported_sessions']
    const look = async () => {
      const all: unknown[] = []
      for (const table of tables) all.push(await tableOf(server, table))
      return all
    }
    const empty = await look()
    const dry = await prepared.import('--dry-run')
    expect(await look()).toEqual(empty)
    const first = await prepared.import()
    expect(first.imported).toBeGreaterThan(2)
    expect(dry.imported).toBe(first.imported)
    const [users, ...others] = await look()
    const second = await prepared.import()
    expect(second).toMatchObject({
      imported: 0,
      updated: 0,
      sessions: 0,
      unchanged: first.imported,
    })
    expect(await look()).toEqual([users, ...others])
  },
)

test('whoever changed their password between rehearsal and move has the new one', async () => {
  const command = await prepareCommand()
  await run(command, 'latchkey migrate --json')
  const url = await openFixture(fixtureName('rails'))
  const server = await startServer({ databaseUrl: command.databaseUrl })
  const line = `latchkey import rails --database '${url}' --json`
  await run(command, line)
  // Bob has logged in here since; dora has not.
  expect((await logIn(server, 'bob@example.com', rails['bob@example.com'])).status).toBe(200)
  const [, annsHash = ''] = /'(\$2a\$12\$[^']+)'/.exec(fixtureText(fixtureName('rails'))) ?? []
  await runIn(url, `UPDATE users SET password_digest = '${annsHash}' WHERE id IN (2, 7)`)
  const { stdout } = await run(command, line)
  expect(JSON.parse(stdout)).toMatchObject({ imported: 0, updated: 1, unchanged: 3 })
  expect((await logIn(server, 'dora@example.com', rails['dora@example.com'])).status).toBe(401)
  expect((await logIn(server, 'dora@example.com', horse)).status).toBe(200)
  expect((await logIn(server, 'bob@example.com', rails['bob@example.com'])).status).toBe(200)
})

const betterAuths =
  inject('database') === 'sqlite'
    ? ['better-auth-sqlite', 'better-auth-1.2-sqlite', 'better-auth-drizzle-sqlite']
    : ['better-auth-postgres', 'better-auth-1.2-postgres']

test.each(betterAuths)('from %s every user logs in with the old password', async (fixture) => {
  const { server, ...prepared } = await prepare('better-auth', fixture)
  await prepared.import()
  const people = {
    'ann@example.com': horse,
    'bob@example.com': 'pässwörd für bob ﬁ',
    'both@example.com': horse,
  }
  expect(await statuses(server, people)).toEqual(letIn(people))
  // Whoever came by another provider has no password, until a mail gives them one.
  for (const password of ['', '!', horse]) {
    expect((await logIn(server, 'social@example.com', password)).status).not.toBe(200)
  }
})

test.each(betterAuths)(
  'from %s every session that is alive stays so, also signed',
  async (fixture) => {
    const { server, ...prepared } = await prepare('better-auth', fixture)
    await prepared.import()
    const lines = [...fixtureText(fixture).matchAll(/^-- {3}(.+): (\S+)$/gm)]
    expect(lines.length).toBeGreaterThan(5)
    for (const [, whose = '', given = ''] of lines) {
      const isOut = /expired|impersonated|banned|anonymous/.test(whose)
      const [bare = ''] = given.split('.')
      for (const token of new Set([given, bare])) {
        const { status } = await server.send('GET /v1/session', undefined, bearer(token))
        expect([whose, token, status]).toEqual([whose, token, isOut ? 401 : 200])
      }
    }
  },
)

test('from better-auth a ban stays one, and a ban that is over is none', async () => {
  const { server, command, ...prepared } = await prepare('better-auth', fixtureName('better-auth'))
  await prepared.import()
  expect((await logIn(server, 'banned@example.com', horse)).status).toBe(401)
  expect((await logIn(server, 'freed@example.com', horse)).status).toBe(200)
  await run(command, 'latchkey users unban banned@example.com')
  expect((await logIn(server, 'banned@example.com', horse)).status).toBe(200)
})

test('from Devise every user logs in, once its pepper is known', async () => {
  const { server, command, ...prepared } = await prepare('devise', fixtureName('devise'))
  const people = {
    'ann@example.com': horse,
    'bob@example.com': 'pässwörd für bob',
    'mixed.case@example.com': horse,
  }
  await prepared.import()
  // Its hashes were made with a pepper that nobody has named.
  expect((await logIn(server, 'ann@example.com', horse)).status).toBe(401)
  const url = await openFixture(fixtureName('devise'))
  const line = `IMPORTED_PEPPER='${importedKeys.pepper}' latchkey import devise --database '${url}' --json`
  const { stdout } = await run(command, line)
  expect(JSON.parse(stdout)).toMatchObject({ imported: 0, updated: 4, unchanged: 1 })
  expect(await statuses(server, people)).toEqual(letIn(people))
  expect((await logIn(server, 'locked@example.com', horse)).status).toBe(401)
  expect((await logIn(server, 'omni@example.com', '')).status).not.toBe(200)
})

test('from Supabase every user logs in under the id that they had', async () => {
  const { server, ...prepared } = await prepare('supabase', 'supabase-postgres')
  expect(await prepared.import()).toMatchObject({
    imported: 7,
    sessions: 0,
    refused: { blank_email_address: 2 },
  })
  const people = {
    'ann@example.com': horse,
    'bob@example.com': 'pässwörd für bob',
    'freed@example.com': horse,
    'argon@example.com': horse,
    'fire@example.com': 'user1password',
  }
  expect(await statuses(server, people)).toEqual(letIn(people))
  const { body } = await logIn(server, 'ann@example.com', horse)
  const shown = await server.send('GET /v1/session', undefined, bearer(body.token))
  expect(shown.body.user).toMatchObject({
    id: '5f2b1c9e-0000-4000-8000-000000000001',
    email_verified: true,
  })
  for (const emailAddress of ['banned@example.com', 'deleted@example.com', 'google@example.com']) {
    expect([emailAddress, (await logIn(server, emailAddress, horse)).status]).toEqual([
      emailAddress,
      401,
    ])
  }
})

test('a file of names is read, and what is wrong in it is said in a sentence', async () => {
  const { command, server } = await prepare('rails', fixtureName('rails'))
  const url = await openFixture(fixtureName('rails'))
  await runIn(url, 'ALTER TABLE users RENAME COLUMN email_address TO mail')
  const attempt = async (names: string) => {
    writeFileSync(join(command.folder, 'names.json'), names)
    return run(command, `latchkey import rails --database '${url}' --map names.json --json`)
  }
  expect(await attempt('{"users": {"mail": "mail"}}')).toMatchObject({ code: 1, stdout: '' })
  const without = await run(command, `latchkey import rails --database '${url}'`)
  expect(without).toMatchObject({ code: 1, stdout: '' })
  expect(without.stderr).toContain('say so with --map: {"users": {"email_address": "…"}}')
  expect((await tableOf(server, 'users')).length).toBe(0)
  const { stdout } = await attempt('{"users": {"email_address": "mail"}}')
  expect(JSON.parse(stdout)).toMatchObject({ imported: 4, sessions: 5 })
})

test.each([
  ['', 'Name the source with --database URL'],
  ['--database postgres://ann:hush/hush@127.0.0.1/app', 'percent-encoded'],
])('whoever does not say where from is told what to type: %s', async (options, said) => {
  const command = await prepareCommand()
  const { code, stdout, stderr } = await run(command, `latchkey import rails ${options}`)
  expect([code, stdout]).toEqual([2, ''])
  expect(stderr).toContain(said)
  expect(stderr).not.toContain('hush')
})

test('from another machine, without TLS that verifies it, it is said that this is not safe', async () => {
  const { command } = await prepare('rails', fixtureName('rails'))
  const there = 'postgres://ann:hush@origin.invalid/app'
  const { code, stderr } = await run(command, `latchkey import rails --database ${there}`)
  expect(code).toBe(1)
  expect(stderr).toContain('--database leads to another machine, and no TLS verifies')
  expect(stderr).not.toContain('hush')
})
