// latchkey doctor finds what it should, says what to do, changes nothing and tells no secret.
import { randomBytes } from 'node:crypto'
import { chmodSync } from 'node:fs'
import {
  AuthError,
  createAuth,
  createStore,
  type Database,
  migrateAtStart,
  warnOfMissingKeys,
} from 'latchkey/server'
import { expect, inject, onTestFinished, test, vi } from 'vitest'
import { openDatabase } from '../../templates/api/database.ts'
import { ann, cheapHash } from '../harness.ts'
import { startMailServer } from '../mail/smtp-harness.ts'
import { type Command, prepareCommand, run } from './command.ts'

// Each runs the command several times.
vi.setConfig({ testTimeout: 90_000 })

interface Finding {
  readonly what: string
  readonly state: 'ok' | 'advice' | 'fault'
  readonly found: string
  readonly to_do: string | null
}

interface Patient {
  readonly command: Command
  readonly database: Database
  /** What is found with these variables, beside those of a server that is well, and behind these words. */
  examine(variables?: Record<string, string>, words?: string): Promise<Examined>
}

interface Examined {
  /** 1 where there is a fault, those of the tests' own PostgreSQL left out. */
  readonly code: number
  readonly findings: readonly Finding[]
  readonly said: string
  /** Of one thing, the worst first. */
  of(what: string): Finding | undefined
}

const isSqlite = inject('database') === 'sqlite'
const order = ['fault', 'advice', 'ok']

// PostgreSQL of the tests waits for no disk, which is a fault wherever somebody has users in it.
const ofTheTests = isSqlite ? [] : ['fsync', 'full_page_writes'].map((name) => `set ${name} = on`)

async function admit(): Promise<Patient> {
  const command = await prepareCommand()
  expect((await run(command, 'latchkey migrate --json')).code).toBe(0)
  const { database } = await openDatabase(command.databaseUrl)
  onTestFinished(() => database.close())
  const { url } = await startMailServer()
  const sound = {
    APP_URL: 'https://app.example.com',
    MAIL_FROM: 'no-reply@example.com',
    SMTP_URL: url,
    TRUSTED_PROXIES: '127.0.0.1',
  }
  const examine = async (variables: Record<string, string> = {}, words = '') => {
    const { DATABASE_URL } = variables
    const set = Object.entries({ ...sound, ...variables }).map(
      ([name, value]) => `${name}='${value}'`,
    )
    const ran = await run(command, `${set.join(' ')} latchkey doctor --json ${words}`)
    const all: Finding[] = JSON.parse(ran.stdout).findings
    const findings = all.filter(({ to_do }) => !ofTheTests.includes(to_do ?? ''))
    expect(all.length - findings.length).toBe(DATABASE_URL ? 0 : ofTheTests.length)
    expect(ran.code).toBe(all.some(({ state }) => state === 'fault') ? 1 : 0)
    const code = findings.some(({ state }) => state === 'fault') ? 1 : 0
    const of = (what: string) =>
      findings
        .filter((each) => each.what === what)
        .toSorted((one, other) => order.indexOf(one.state) - order.indexOf(other.state))[0]
    return { code, findings, said: ran.stdout + ran.stderr, of }
  }
  return { command, database, examine }
}

test('where all is well there is no fault, nothing is changed, and no mail is sent', async () => {
  const { database, examine } = await admit()
  const { received, url } = await startMailServer()
  const snapshot = () =>
    Promise.all(
      ['users', 'outbox', 'events', 'latchkey_migrations'].map((table) =>
        database.query(`SELECT * FROM ${table}`),
      ),
    )
  const before = await snapshot()
  const { code, findings } = await examine({ SMTP_URL: url })
  // The tests may be run by root.
  const others = findings.filter(({ what }) => what !== 'user')
  expect([code, others.filter(({ state }) => state !== 'ok')]).toEqual([0, []])
  const whats = [
    'configuration',
    'node',
    'proxy',
    'schema',
    'tables',
    'database',
    'clock',
    'imported hashes',
    'outbox',
    'mail',
  ]
  expect(new Set(others.map(({ what }) => what))).toEqual(
    new Set([...whats, ...(isSqlite ? ['files', 'disk'] : [])]),
  )
  expect([await snapshot(), received]).toEqual([before, []])
})

test('every variable that cannot be read is named at once, and the database is looked at all the same', async () => {
  const { examine } = await admit()
  const wrong = { PORT: 'x', APP_URL: 'example.com', LOG_LEVEL: 'loud' }
  const { code, findings, of } = await examine(wrong)
  const faults = findings.filter(({ state }) => state === 'fault')
  expect([code, faults.map(({ found }) => found.split(' ')[0]).sort()]).toEqual([
    1,
    ['APP_URL', 'LOG_LEVEL', 'PORT'],
  ])
  for (const { to_do } of faults) expect(to_do).toMatch(/^set it, for example [A-Z_]+=/)
  expect(of('database')?.state).toBe('ok')
})

test('the table for people says the same, and what to do', async () => {
  const { command } = await admit()
  const { code, stdout, stderr } = await run(command, 'latchkey doctor')
  expect([code, stderr]).toEqual([1, `There are ${3 + ofTheTests.length} faults\n`])
  expect(stdout).toMatch(/^STATE +WHAT +FOUND\n/)
  expect(stdout).toMatch(/^fault +configuration +SMTP_URL must be set in production: set it, for/m)
  expect(stdout).toMatch(/^ok +schema /m)
})

test('tables that are missing are a fault, with the command that makes them', async () => {
  const command = await prepareCommand()
  if (isSqlite) {
    const { stdout } = await run(command, 'latchkey doctor --json')
    expect(stdout).toContain('There is no database at')
  }
  await run(
    command,
    "mkdir -p other/sqlite other/postgres && echo 'SELECT 1' > other/sqlite/0001_more.sql && cp other/sqlite/* other/postgres",
  )
  await run(command, 'latchkey migrate --json')
  const { stdout } = await run(command, 'latchkey doctor --json --app other')
  const { findings } = JSON.parse(stdout)
  expect(findings.find(({ what }: Finding) => what === 'schema')).toMatchObject({
    state: 'fault',
    to_do: 'latchkey migrate',
  })
})

test('a file that others may read is a fault; PostgreSQL has its own', async () => {
  const { command, examine } = await admit()
  if (!isSqlite) return expect((await examine()).of('files')).toBeUndefined()
  chmodSync(command.databaseUrl.replace('sqlite:', ''), 0o644)
  const { code, of } = await examine()
  expect([code, of('files')?.state]).toEqual([1, 'fault'])
  expect(of('files')?.to_do).toMatch(/^chmod 600 \//)
})

test('where the disk takes nothing any more, it is the disk that is said, and not the URL', async () => {
  const command = await prepareCommand()
  await run(command, 'latchkey migrate --json')
  const full = "trap '' XFSZ; ulimit -f 0"
  const { code, stdout } = await run(command, `${full}; latchkey doctor --json`)
  const { findings }: { findings: Finding[] } = JSON.parse(stdout)
  const of = (what: string) => findings.find((each) => each.what === what)
  if (!isSqlite) return expect(of('database')?.state).toBe('ok')
  expect([code, of('files')?.state, of('disk')?.state]).toEqual([1, 'ok', expect.anything()])
  expect(of('database')?.found).toBe(
    'DATABASE_URL cannot be used: disk I/O error: make room on its disk, or look whether that fails',
  )
  expect((await run(command, `${full}; latchkey users list`)).stderr).toContain('make room on its')
})

test('a key that does not read the signing keys is a fault, and is not said', async () => {
  const { command, examine } = await admit()
  const [own, other] = [randomBytes(32).toString('base64'), randomBytes(32).toString('base64')]
  await run(command, `KEY_ENCRYPTION_KEY='${own}' latchkey signing-keys rotate --json`)
  expect((await examine({ KEY_ENCRYPTION_KEY: own })).of('signing keys')?.state).toBe('ok')
  const { code, said, of } = await examine({ KEY_ENCRYPTION_KEY: other })
  expect([code, of('signing keys')?.state]).toEqual([1, 'fault'])
  expect(said).not.toContain(other)
  expect((await examine()).of('signing keys')?.state).toBe('advice')
})

test('hashes of another system, mails that failed and a clock that was ahead are found', async () => {
  const { database, examine } = await admit()
  const auth = createAuth({ store: createStore(database), passwordHash: cheapHash })
  await auth.createUser({ emailAddress: ann.email_address, password: ann.password })
  await auth.requestPasswordReset(ann.email_address)
  await database.transaction(async (transaction) => {
    await transaction.query("UPDATE users SET password_scheme = 'bcrypt/12'")
    await transaction.query("UPDATE outbox SET status = 'failed', ended_at = $1", [new Date()])
  })
  const { code, of } = await examine()
  expect([code, of('imported hashes')?.state, of('imported hashes')?.found]).toEqual([
    0,
    'advice',
    'they remain: 1 of bcrypt/12',
  ])
  expect([of('outbox')?.state, of('outbox')?.to_do]).toEqual([
    'advice',
    'latchkey outbox list --status failed says why',
  ])
  const ahead = new Date(Date.now() + 3_600_000)
  await database.transaction((each) => each.query('UPDATE events SET occurred_at = $1', [ahead]))
  const later = await examine()
  expect([later.code, later.of('clock')?.state]).toEqual([1, 'fault'])
})

test('users whose hash needs a key that is not set are counted, until it is set', async () => {
  const { database, examine } = await admit()
  const auth = createAuth({ store: createStore(database), passwordHash: cheapHash })
  for (const name of ['ann', 'ben', 'cleo', 'dora']) {
    await auth.createUser({ emailAddress: `${name}@example.com`, password: ann.password })
  }
  const kinds = [
    ['$bcrypt-peppered$2b$12$…', 'bcrypt/12', ['ann', 'ben']],
    ['$firebase-scrypt$ln=14,r=8$…', 'firebase-scrypt/14,8', ['cleo']],
    ['$2b$12$…', 'bcrypt/12', ['dora']],
  ] as const
  await database.transaction(async (transaction) => {
    for (const [hash, scheme, names] of kinds) {
      for (const name of names) {
        await transaction.query(
          'UPDATE users SET password_hash = $1, password_scheme = $2 WHERE email_address = $3',
          [hash, scheme, `${name}@example.com`],
        )
      }
    }
  })
  const found = ({ findings }: Examined) =>
    findings.flatMap(({ what, state, found }) => {
      return what === 'imported hashes' && state === 'fault' ? [found] : []
    })
  const [pepper, firebase] = [
    '2 users have hashes that need IMPORTED_PEPPER, which is not set: no password of theirs is right',
    '1 user has a hash that needs IMPORTED_FIREBASE_KEY, which is not set: no password of theirs is right',
  ]
  expect(found(await examine())).toEqual([pepper, firebase])
  const peppered = { IMPORTED_PEPPER: 'a pepper' }
  expect(found(await examine(peppered))).toEqual([firebase])
  const key = Buffer.alloc(64, 1).toString('base64')
  expect(found(await examine({ ...peppered, IMPORTED_FIREBASE_KEY: key }))).toEqual([])
})

test('a start asks nothing of imported hashes; a server says which key is missing, and goes on where it cannot', async () => {
  const { database } = await admit()
  const auth = createAuth({ store: createStore(database), passwordHash: cheapHash })
  await auth.createUser({ emailAddress: 'ann@example.com', password: ann.password })
  const imported = (hash: string, scheme: string) =>
    database.transaction((transaction) =>
      transaction.query('UPDATE users SET password_hash = $1, password_scheme = $2', [
        hash,
        scheme,
      ]),
    )
  const said: unknown[] = []
  const log = {
    info: (entry: object) => said.push(['info', entry]),
    error: (entry: object) => said.push(['error', entry]),
  }
  const asked: string[] = []
  const watched: Database = {
    ...database,
    migration: database.migration.bind(database),
    lookUp: database.lookUp.bind(database),
    countConnections: () => database.countConnections(),
    close: () => database.close(),
    transaction: (work) => database.transaction(work),
    async query(sql, values) {
      asked.push(sql)
      return database.query(sql, values)
    },
  }
  const none = { pepper: null, firebase: null }
  await imported('$bcrypt-peppered$2b$12$…', 'bcrypt/12')
  await migrateAtStart(watched, [], { log })
  expect([said, asked.filter((sql) => sql.includes('password_'))]).toEqual([[], []])
  await warnOfMissingKeys(watched, { importedKeys: none, log })
  await warnOfMissingKeys(watched, { importedKeys: { ...none, pepper: 'a pepper' }, log })
  await imported('$firebase-scrypt$ln=14,r=8$…', 'firebase-scrypt/14,8')
  await warnOfMissingKeys(watched, { importedKeys: none, log })
  expect(said.splice(0)).toEqual([
    ['error', { variable: 'IMPORTED_PEPPER' }],
    ['error', { variable: 'IMPORTED_FIREBASE_KEY' }],
  ])
  const away: Database = { ...watched, query: () => Promise.reject(new AuthError('unavailable')) }
  await warnOfMissingKeys(away, { importedKeys: none, log })
  expect(said).toEqual([['info', { reason: expect.any(String) }]])
})

test('a mail server that is away, or takes no password, is a fault, and the password is not said', async () => {
  const { examine } = await admit()
  const away = await examine({ SMTP_URL: 'smtp://127.0.0.1:9' })
  expect([away.code, away.of('mail')?.state]).toEqual([1, 'fault'])
  const strict = await startMailServer({
    disabledCommands: ['STARTTLS'],
    onAuth: (_auth, _session, done) => done(new Error('Invalid username or password')),
  })
  const url = strict.url.replace('smtp://', 'smtp://ann:open-sesame@')
  const refused = await examine({ SMTP_URL: url })
  expect([refused.code, refused.of('mail')?.state]).toEqual([1, 'fault'])
  expect(refused.said).not.toContain('open-sesame')
})

test('one mail is sent where it is asked for', async () => {
  const { examine } = await admit()
  const { received, url } = await startMailServer()
  const { code } = await examine({ SMTP_URL: url }, '--mail-to ann@example.com')
  expect([code, received.map(({ to }) => to)]).toEqual([0, [['ann@example.com']]])
  const { code: refused, of } = await examine({ SMTP_URL: url }, '--mail-to nobody')
  expect([refused, of('mail')?.state, received.length]).toEqual([1, 'fault', 1])
})

test('what lets everybody in is a fault, and what should not stay so is advice', async () => {
  const { examine } = await admit()
  const everybody = await examine({ TRUSTED_PROXIES: '10.0.0.0/8,0.0.0.0/0' })
  expect([everybody.code, everybody.of('proxy')?.state]).toEqual([1, 'fault'])
  const untls = await examine({ NODE_TLS_REJECT_UNAUTHORIZED: '0' })
  expect([untls.code, untls.of('tls')?.state]).toEqual([1, 'fault'])
  const open = await examine({
    TRUSTED_PROXIES: '',
    HOST: '0.0.0.0',
    APP_URL: 'http://app.example.com',
    ACCESS_TOKEN_AUDIENCES: 'billing',
  })
  for (const what of ['proxy', 'https', 'access tokens']) {
    expect([what, open.of(what)?.state]).toEqual([what, 'advice'])
  }
  expect(open.code).toBe(0)
})

test('a database that is away is a fault without its password', async () => {
  const { examine } = await admit()
  const { code, said, of } = await examine({
    DATABASE_URL: 'postgres://ann:open-sesame@127.0.0.1:9/app',
  })
  expect([code, of('database')?.state]).toEqual([1, 'fault'])
  expect(said).not.toContain('open-sesame')
})
