// What an operator does at the command line, and what it is for whoever has a token: the next request.

import { createAuth, createStore } from 'latchkey/server'
import { expect, onTestFinished, test } from 'vitest'
import { operator } from '../../src/core/client.ts'
import { openSession } from '../../src/core/sessions.ts'
import { openDatabase } from '../../templates/api/database.ts'
import { ann, cheapHash, signUpDirectly } from '../harness.ts'
import { importHash } from '../imported-people.ts'
import { type Command, prepareCommand, run } from './command.ts'

const emailAddress = ann.email_address

async function prepare() {
  const command = await prepareCommand()
  expect((await run(command, 'latchkey migrate --json')).code).toBe(0)
  const { database } = await openDatabase(command.databaseUrl)
  onTestFinished(() => database.close())
  const store = createStore(database)
  const unguarded = { passwordHash: cheapHash, rateLimits: 'off' } as const
  const auth = createAuth({ store, apiKeys: { scopes: ['projects:read'] }, ...unguarded })
  return { command, auth, database }
}

async function said(command: Command, line: string): Promise<[number, string]> {
  const { code, stdout, stderr } = await run(command, line)
  return [code, (stdout + stderr).trim()]
}

test('who is banned is out at the next request, and knows no more than from a wrong password', async () => {
  const { command, auth } = await prepare()
  const { token, user } = await signUpDirectly(auth, { emailAddress, password: ann.password })
  expect(await auth.authenticate(token)).not.toBeNull()
  expect(await said(command, `latchkey users ban ${emailAddress}`)).toEqual([
    0,
    `Banned ${emailAddress}`,
  ])
  expect(await auth.authenticate(token)).toBeNull()
  expect(await auth.logIn({ emailAddress, password: ann.password })).toBeNull()
  const shown = await said(command, `latchkey users show ${user.id} --json`)
  expect(JSON.parse(shown[1]).user).toMatchObject({
    banned_at: expect.stringMatching(/Z$/),
    sessions: 0,
    api_keys: 0,
  })
  await run(command, `latchkey users unban ${user.id}`)
  expect(await auth.authenticate(token)).toBeNull()
  expect(await auth.logIn({ emailAddress, password: ann.password })).not.toBeNull()
})

test('a ban comes between the password and the session of a log-in', async () => {
  const { auth } = await prepare()
  const { user } = await signUpDirectly(auth, { emailAddress, password: ann.password })
  const { passwordHash } = auth.config
  const banning = createAuth({
    store: auth.config.store,
    rateLimits: 'off',
    passwordHash: {
      ...passwordHash,
      async verify(hash, password) {
        const isRight = await passwordHash.verify(hash, password)
        await auth.banUser(user.id)
        return isRight
      },
    },
  })
  expect(await banning.logIn({ emailAddress, password: ann.password })).toBeNull()
  const sessions = await auth.listSessions(user.id, { limit: 9, after: null })
  expect(sessions).toEqual([])
})

test('a user is created with a password that is shown once and works', async () => {
  const { command, auth } = await prepare()
  const [code, text] = await said(command, `latchkey users create ${emailAddress} --json`)
  const { user, password } = JSON.parse(text)
  expect([code, user.email_address]).toEqual([0, emailAddress])
  const loggedIn = await auth.logIn({ emailAddress, password })
  expect(loggedIn?.user.id).toBe(user.id)
  expect(await auth.listSessions(user.id, { limit: 9, after: null })).toHaveLength(1)
})

test('sessions are listed and ended, one or all', async () => {
  const { command, auth } = await prepare()
  const person = { emailAddress, password: ann.password }
  const client = {
    ipAddress: '192.0.2.7',
    userAgent: 'curl/8.5.0',
    requestId: null,
    actor: 'user',
  } as const
  const { token, session } = await signUpDirectly(auth, person, client)
  const other = await auth.logIn(person)
  const [, listed] = await said(command, `latchkey sessions list ${emailAddress} --json`)
  expect(JSON.parse(listed).sessions).toMatchObject([
    { id: other?.session.id, name: 'Unknown device' },
    { id: session.id, name: 'curl', ip_address: '192.0.2.7', user_agent: 'curl/8.5.0' },
  ])
  expect(listed).not.toMatch(/lks_/)
  await run(command, `latchkey sessions revoke ${emailAddress} ${session.id}`)
  expect(await auth.authenticate(token)).toBeNull()
  expect(await auth.authenticate(other?.token ?? '')).not.toBeNull()
  await run(command, `latchkey users revoke-sessions ${emailAddress}`)
  expect(await auth.authenticate(other?.token ?? '')).toBeNull()
})

test('everybody is logged out, of whatever number, when it is meant', async () => {
  const { command, auth, database } = await prepare()
  const { user, token } = await signUpDirectly(auth, { emailAddress, password: ann.password })
  const bob = await signUpDirectly(auth, {
    emailAddress: 'bob@example.com',
    password: ann.password,
  })
  // More than two steps' worth.
  await auth.config.store.transaction(async (transaction) => {
    for (let count = 0; count < 500; count++) {
      const { session, digest } = openSession(auth.config, user, operator)
      await transaction.insertSession(session, digest)
    }
  })
  const refused = await said(command, 'latchkey sessions revoke-all --json')
  expect(refused).toEqual([
    2,
    expect.stringContaining('This logs everybody out: confirm with --yes'),
  ])
  expect(await auth.authenticate(bob.token)).not.toBeNull()
  expect(await said(command, 'latchkey sessions revoke-all --yes --json')).toEqual([
    0,
    '{"revoked":502}',
  ])
  expect([await auth.authenticate(token), await auth.authenticate(bob.token)]).toEqual([null, null])
  expect(await database.query('SELECT id FROM sessions')).toEqual([])
  const of = { userId: null, name: 'session_expired' } as const
  const events = await auth.listEvents(of, { limit: 100, after: null })
  expect(events).toMatchObject([{ userId: null, detail: 'everybody', actor: 'operator' }])
  // Everything else is theirs as before.
  const again = await auth.logIn({ emailAddress, password: ann.password })
  expect(await auth.authenticate(again?.token ?? '')).not.toBeNull()
  expect(await said(command, 'latchkey sessions revoke-all --yes')).toEqual([
    0,
    'Revoked 1 session',
  ])
})

test('a session that somebody has in hand is ended too, and nobody waits for each other', async () => {
  const { auth } = await prepare()
  const { store } = auth.config
  const first = await signUpDirectly(auth, { emailAddress, password: ann.password })
  const second = await auth.logIn({ emailAddress, password: ann.password })
  if (!second) throw new Error('Nobody is logged in')
  const { promise: isHeld, resolve: tell } = Promise.withResolvers<void>()
  const holding = store.transaction(async (transaction) => {
    await transaction.holdUser(second.user.id)
    await transaction.holdSession(second.session)
    tell()
    await new Promise((resolve) => setTimeout(resolve, 300))
    // The first, which whoever waited for the second would hold.
    return transaction.deleteOtherSessions(second.session)
  })
  await isHeld
  const [, ended] = await Promise.all([holding, auth.revokeAllSessions()])
  expect(ended).toBeGreaterThan(0)
  for (const { token } of [first, second]) expect(await auth.authenticate(token)).toBeNull()
})

test('who logs in while everybody is logged out stays', async () => {
  const { auth } = await prepare()
  const credentials = { emailAddress, password: ann.password }
  const before = await signUpDirectly(auth, credentials)
  const { store } = auth.config
  const { findLastSessionId } = store
  const meanwhile: Awaited<ReturnType<typeof auth.logIn>>[] = []
  store.findLastSessionId = async (upTo) => {
    const id = await findLastSessionId(upTo)
    if (upTo === null) meanwhile.push(await auth.logIn(credentials))
    return id
  }
  expect(await auth.revokeAllSessions()).toBe(1)
  expect(await auth.authenticate(before.token)).toBeNull()
  expect(await auth.authenticate(meanwhile[0]?.token ?? '')).not.toBeNull()
})

test('every API key ends when it is meant, and no session does', async () => {
  const { command, auth, database } = await prepare()
  const { user, session, token } = await signUpDirectly(auth, {
    emailAddress,
    password: ann.password,
  })
  await database.transaction((each) =>
    each.query('UPDATE users SET email_verified_at = $1', [new Date()]),
  )
  const create = async (name: string) => {
    const wanted = { name, scopes: ['projects:read'], expiresAt: null }
    return (await auth.createApiKey({ user, session }, wanted))?.token ?? ''
  }
  const keys = [await create('Nightly build'), await create('Spreadsheet')]
  const refused = await said(command, 'latchkey api-keys revoke-all')
  expect(refused).toEqual([
    2,
    expect.stringContaining('This locks out every program: confirm with --yes'),
  ])
  for (const key of keys) expect(await auth.authenticateApiKey(key)).not.toBeNull()
  const ran = await said(command, 'latchkey api-keys revoke-all --yes --json')
  expect(ran).toEqual([0, '{"revoked":2}'])
  for (const key of keys) expect(await auth.authenticateApiKey(key)).toBeNull()
  expect(await auth.authenticate(token)).not.toBeNull()
  const of = { userId: null, name: 'authn_token_revoked' } as const
  const events = await auth.listEvents(of, { limit: 100, after: null })
  expect(events).toMatchObject([{ userId: null, detail: 'everybody', actor: 'operator' }])
  const again = await create('Nightly build')
  expect(await auth.authenticateApiKey(again)).not.toBeNull()
  const last = await said(command, 'latchkey api-keys revoke-all --yes')
  expect(last).toEqual([0, 'Revoked 1 API key'])
})

test('API keys are listed without their tokens, and ended', async () => {
  const { command, auth, database } = await prepare()
  const { user, session } = await signUpDirectly(auth, { emailAddress, password: ann.password })
  expect(await said(command, `latchkey api-keys list ${emailAddress}`)).toEqual([
    0,
    `${emailAddress} has no API keys.`,
  ])
  await database.transaction((each) =>
    each.query('UPDATE users SET email_verified_at = $1', [new Date()]),
  )
  const wanted = { name: 'Nightly build', scopes: ['projects:read'], expiresAt: null }
  const created = await auth.createApiKey({ user, session }, wanted)
  const { id = '' } = created?.apiKey ?? {}
  const [, listed] = await said(command, `latchkey api-keys list ${emailAddress} --json`)
  expect(JSON.parse(listed).api_keys).toEqual([
    {
      id,
      name: 'Nightly build',
      scopes: ['projects:read'],
      created_at: expect.stringMatching(/Z$/),
      last_used_at: null,
      expires_at: expect.stringMatching(/Z$/),
    },
  ])
  expect(listed).not.toMatch(/lkk_/)
  const token = created?.token ?? ''
  expect((await auth.authenticateApiKey(token))?.user.id).toBe(user.id)
  expect(await said(command, `latchkey api-keys revoke ${emailAddress} ${id}`)).toEqual([
    0,
    `Revoked ${id}`,
  ])
  expect(await auth.authenticateApiKey(token)).toBeNull()
  const [code, again] = await said(command, `latchkey api-keys revoke ${emailAddress} ${id}`)
  expect([code, again]).toEqual([
    1,
    `${emailAddress} has no such API key; latchkey api-keys list shows them all`,
  ])
})

test('users are listed page by page, and a deleted one is gone', async () => {
  const { command, auth } = await prepare()
  const ids = []
  for (const name of ['ann', 'bob', 'cleo']) {
    const { user } = await signUpDirectly(auth, {
      emailAddress: `${name}@example.com`,
      password: ann.password,
    })
    ids.push(user.id)
  }
  const list = async (options: string): Promise<string[]> => {
    const [, text] = await said(command, `latchkey users list --json ${options}`)
    return JSON.parse(text).users.map(({ id }: { id: string }) => id)
  }
  ids.sort()
  expect(await list('--limit 2')).toEqual(ids.slice(0, 2))
  expect(await list(`--limit 2 --after ${ids[1]}`)).toEqual(ids.slice(2))
  expect((await run(command, `latchkey users delete ${ids[0]}`)).code).toBe(0)
  expect(await list('')).toEqual(ids.slice(1))
})

test('imported passwords are shown by their scheme, counted, and forgotten', async () => {
  const { command, auth, database } = await prepare()
  for (const name of ['ann', 'bob']) {
    const person = { emailAddress: `${name}@example.com`, password: ann.password }
    await signUpDirectly(auth, person)
  }
  await importHash(database, {
    emailAddress: 'bob@example.com',
    hash: '$2b$04$N9qo8uLOickgx2ZMRZoMye9COBKsOPKEJDHJoe/BuRouJin6Qswhq',
  })
  const schemes = async () => {
    const [, text] = await said(command, 'latchkey users list --json')
    const { users } = JSON.parse(text)
    return users.map((user: Record<string, string>) => [user.email_address, user.password_scheme])
  }
  const [own, bobs] = [
    ['ann@example.com', null],
    ['bob@example.com', 'bcrypt/4'],
  ]
  expect((await schemes()).sort()).toEqual([own, bobs])
  const [, shown] = await said(command, 'latchkey users show bob@example.com')
  expect(shown).toMatch(/^password_scheme +bcrypt\/4$/m)
  const forget = 'latchkey users forget-hashes'
  expect(await said(command, `${forget} --dry-run`)).toEqual([
    0,
    '1 imported password would be forgotten: 1 of bcrypt/4',
  ])
  const counted = { users: 1, password_schemes: [{ scheme: 'bcrypt/4', users: 1 }] }
  const [, json] = await said(command, `${forget} --json`)
  expect(JSON.parse(json)).toEqual({ dry_run: false, ...counted })
  expect((await schemes()).sort()).toEqual([own, ['bob@example.com', null]])
  const as = (name: string) =>
    auth.logIn({ emailAddress: `${name}@example.com`, password: ann.password })
  expect([await as('bob'), (await as('ann'))?.user.emailAddress]).toEqual([null, 'ann@example.com'])
})

test('what is over goes, by the lifetimes that the server has, and all else stays', async () => {
  const { command, auth } = await prepare()
  const person = { emailAddress, password: ann.password }
  const { user } = await signUpDirectly(auth, person)
  const daysAgo = (days: number) => new Date(Date.now() - days * 86_400_000)
  for (const days of [20, 40]) {
    const { store } = auth.config
    const { session, digest } = openSession({ ...auth.config, clock: () => daysAgo(days) }, user, {
      ipAddress: null,
      userAgent: null,
      requestId: null,
      actor: 'user',
    })
    await store.transaction((transaction) => transaction.insertSession(session, digest))
  }
  const sweep = async (variables: string) => {
    const [code, text] = await said(command, `${variables} latchkey sweep --json`)
    return [code, JSON.parse(text).deleted.sessions]
  }
  expect(await sweep('SESSION_IDLE_HOURS=8000')).toEqual([0, 0])
  expect(await sweep('')).toEqual([0, 1])
  expect(await sweep('SESSION_MAXIMUM_HOURS=24')).toEqual([0, 1])
  expect(await auth.listSessions(user.id, { limit: 9, after: null })).toHaveLength(1)
  // A sweep rests for longer than it works.
}, 90_000)

test.each([
  ['latchkey users show', 2, 'One ID or address is needed'],
  ['latchkey users show ann@example.com bob@example.com', 2, 'One ID or address is needed'],
  ['latchkey users ban ann', 2, "'ann' is neither an address nor an ID"],
  ['latchkey users ban nobody@example.com', 1, 'There is no user nobody@example.com'],
  ['latchkey users delete 00000000-0000-7000-8000-000000000000', 1, 'There is no user 0000'],
  ['latchkey users create ann', 2, "'ann' is no address"],
  ['latchkey users list --limit 0', 2, '--limit must be a whole number'],
  ['latchkey users list --after ann', 2, "'ann' is no ID"],
  ['latchkey sessions revoke ann@example.com', 2, 'the ID of a session'],
  ['latchkey users create', 2, 'One address is needed'],
] as const)('%s is refused in a sentence', async (line, code, sentence) => {
  const { command } = await prepare()
  expect(await said(command, line)).toEqual([code, expect.stringContaining(sentence)])
})

test('what is counted of somebody is shown, and cleared', async () => {
  const { command, database } = await prepare()
  const guarded = createAuth({ store: createStore(database), passwordHash: cheapHash })
  const client = {
    ipAddress: '192.0.2.7',
    userAgent: null,
    requestId: 'one',
    actor: 'user',
  } as const
  for (let time = 1; time <= 11; time++) {
    const guess = { emailAddress, password: `guess number ${time}` }
    await guarded.logIn(guess, client).catch(() => {})
  }
  const shown = async (name: string) => {
    const [, text] = await said(command, `latchkey limits show ${name} --json`)
    return JSON.parse(text).counts
  }
  const failures = { act: 'log_in', by: 'account', name: 'failures', count: 10, limit: 10 }
  expect(await shown(emailAddress)).toMatchObject([{ ...failures, window_seconds: null }])
  const attempts = { act: 'log_in', by: 'address', name: 'attempts', count: 10, limit: 10 }
  expect(await shown('192.0.2.7')).toMatchObject([{ ...attempts, window_seconds: 180 }])
  expect(await said(command, `latchkey limits show ${emailAddress}`)).toEqual([
    0,
    expect.stringMatching(/^ACT +BY .*\nlog_in +account +failures +10 +10 +20\d\d-/),
  ])
  expect(await said(command, `latchkey limits clear ${emailAddress}`)).toEqual([
    0,
    `Cleared what was counted of ${emailAddress}: 1`,
  ])
  expect(await shown(emailAddress)).toEqual([])
  expect(await shown('192.0.2.7')).toHaveLength(1)
  expect((await said(command, 'latchkey limits clear 192.0.2.7 --json'))[0]).toBe(0)
  expect(await shown('192.0.2.7')).toEqual([])
  const [code, text] = await said(command, 'latchkey limits clear somebody')
  expect([code, text]).toEqual([
    2,
    "'somebody' is neither an address nor an ID: an ID is a UUID, as the lists show it: see latchkey limits clear --help",
  ])
})

test.each(['', 'ON DELETE RESTRICT'])(
  'whom a row with %j refers to is not deleted, and the command says what keeps them',
  async (rule) => {
    const { command, auth, database } = await prepare()
    const { user } = await signUpDirectly(auth, { emailAddress, password: ann.password })
    const type = command.databaseUrl.startsWith('sqlite:') ? 'TEXT' : 'uuid'
    await database.transaction(async (transaction) => {
      await transaction.script(
        `CREATE TABLE notes (user_id ${type} NOT NULL REFERENCES users (id) ${rule})`,
      )
      await transaction.query('INSERT INTO notes (user_id) VALUES ($1)', [user.id])
    })
    const [code, sentence] = await said(command, `latchkey users delete ${emailAddress}`)
    expect([code, sentence]).toEqual([
      1,
      expect.stringMatching(
        /^Rows of the application refer to what should be deleted, and their foreign key forbids that; /,
      ),
    ])
    expect(await auth.findUser(user)).not.toBeNull()
    await database.transaction((transaction) => transaction.script('DROP TABLE notes'))
  },
)

test('that there are more sessions and keys than are shown is said, to whoever asked for no number', async () => {
  const { command, auth } = await prepare()
  const credentials = { emailAddress, password: ann.password }
  await signUpDirectly(auth, credentials)
  for (let count = 0; count < 50; count++) await auth.logIn(credentials)
  const list = (words: string) => run(command, `latchkey sessions list ${emailAddress} ${words}`)
  const all = await list('--json')
  const { sessions } = JSON.parse(all.stdout)
  expect([sessions.length, all.stderr]).toEqual([
    50,
    `50 are shown; --after ${sessions.at(-1).id} shows the next ones\n`,
  ])
  const rest = await list(`--json --after ${sessions.at(-1).id}`)
  expect([JSON.parse(rest.stdout).sessions.length, rest.stderr]).toEqual([1, ''])
  expect((await list('--limit 50')).stderr).toBe('')
})
