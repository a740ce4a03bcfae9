import { randomBytes } from 'node:crypto'
import { inspect } from 'node:util'
import { expect, test } from 'vitest'
import { cheapHash } from '../../test/harness.ts'
import { resolveConfiguration } from './config.ts'
import { Secret } from './secret.ts'
import type { Store } from './store.ts'

const store: Store = {
  findSession: async () => null,
  listSessions: async () => [],
  findLastSessionId: async () => null,
  findLastApiKeyId: async () => null,
  findApiKey: async () => null,
  findApiKeyById: async () => null,
  listApiKeys: async () => [],
  listDueExpiryNotices: async () => [],
  listDeadAliases: async () => [],
  listSigningKeys: async () => [],
  recordEvents: async () => {},
  listEvents: async () => [],
  recordUses: async () => {},
  findUser: async () => null,
  listUsers: async () => [],
  findCredentials: async () => null,
  findCredentialsById: async () => null,
  listPasswordSchemes: async () => [],
  countPasswordSchemes: async () => [],
  findPasswordSchemes: async () => new Map(),
  findLastSessionImport: async () => null,
  findPasswordReset: async () => null,
  countPasswordResets: async () => 0,
  findEmailVerification: async () => null,
  isEmailChangeOpen: async () => false,
  findRegistration: async () => null,
  findNewestRegistration: async () => null,
  findMessage: async () => null,
  listMessages: async () => [],
  count: async () => [],
  findCounts: async () => [],
  findFailedAttempts: async () => null,
  replaceFailedAttempts: async () => true,
  sweep: async () => ({ deleted: 0, next: null }),
  holdLease: async () => true,
  transaction: () => Promise.reject(new Error('not asked for')),
  countLike: async () => 0,
  findLongestWait: async () => null,
  findBacklog: async () => ({ queued: 0, oldestQueuedAt: null }),
  countConnections: () => null,
  ping: async () => {},
}

const settings = [
  ['passwords', 'minimumLength', 8, 128],
  ['sessions', 'idleHours', 0.01, 87_600],
  ['sessions', 'maximumHours', 0.01, 87_600],
  ['sessions', 'maximumPerUser', 1, 1_000],
] as const

test('all scopes together fit into an access token that a resource server looks into', () => {
  const scopes = (count: number) =>
    Array.from({ length: count }, (_, index) => `${'a'.repeat(60)}${index}`.slice(0, 63))
  expect(() => resolveConfiguration({ store, apiKeys: { scopes: scopes(64) } })).not.toThrow()
  expect(() => resolveConfiguration({ store, apiKeys: { scopes: scopes(70) } })).toThrow(
    'apiKeys.scopes must have at most 4096 characters',
  )
})

test.each([
  [{ maximumDays: 0 }, 'apiKeys.maximumDays must be a number from 1 to 3650, not 0'],
  [{ maximumDays: Number.NaN }, 'apiKeys.maximumDays must be a number from 1 to 3650, not NaN'],
  [{ defaultDays: 4_000 }, 'apiKeys.defaultDays must be a number from 1 to 365, not 4000'],
  [{ maximumDays: 30, defaultDays: 31 }, 'apiKeys.defaultDays must be a number from 1 to 30'],
  [{ requestsPerMinute: 0 }, 'apiKeys.requestsPerMinute must be a number from 1 to 1000000'],
])('of the API keys %j it is said what is wrong', (apiKeys, sentence) => {
  expect(() => resolveConfiguration({ store, apiKeys })).toThrow(sentence)
})

test('without settings a password has eight letters and a session lives 30 and 90 days', () => {
  const config = resolveConfiguration({ store })
  expect(config.store).toBe(store)
  expect(config.passwords).toEqual({ minimumLength: 8, rejectCommon: true, contextWords: [] })
  expect(config.sessions).toEqual({ idleHours: 720, maximumHours: 2_160, maximumPerUser: 100 })
})

test('without settings the time is the system’s, and the bytes are random', () => {
  const config = resolveConfiguration({ store })
  const before = Date.now()
  const now = config.clock().getTime()
  expect(now >= before && now <= Date.now()).toBe(true)
  expect(config.random(16).length).toBe(16)
  expect(config.random(16)).not.toEqual(config.random(16))
})

test('without settings a hash costs what OWASP asks for', async () => {
  const config = resolveConfiguration({ store })
  const cheap = await cheapHash.hash(new Secret('kV8!xq2Z'))
  expect(config.passwordHash.isCurrent(cheap)).toBe(false)
  const costly = cheap.replace('m=8,', 'm=47104,')
  expect(config.passwordHash.isCurrent(costly)).toBe(true)
})

test('one setting leaves the others of its group at their defaults', () => {
  const config = resolveConfiguration({
    store,
    passwords: { rejectCommon: false },
    sessions: { idleHours: 1 },
  })
  expect(config.passwords).toEqual({ minimumLength: 8, rejectCommon: false, contextWords: [] })
  expect(config.sessions).toEqual({ idleHours: 1, maximumHours: 2_160, maximumPerUser: 100 })
})

test('what is given is used', async () => {
  const clock = () => new Date(0)
  const random = (size: number) => new Uint8Array(size)
  const passwordHash = { ...cheapHash, hash: async () => 'given' }
  const config = resolveConfiguration({ store, clock, random, passwordHash })
  expect(config).toMatchObject({ clock, random })
  expect(await config.passwordHash.hash(new Secret('password'))).toBe('given')
})

test.each(settings)('%s.%s may be as low as %d and as high as %d', (group, name, from, to) => {
  for (const value of [from, to]) {
    const config = resolveConfiguration({ store, [group]: { [name]: value } })
    expect(config[group]).toMatchObject({ [name]: value })
  }
})

test.each(settings)('%s.%s outside of %d to %d is refused by its name', (group, name, from, to) => {
  const wrong = [
    Number.NaN,
    Number.POSITIVE_INFINITY,
    Number.NEGATIVE_INFINITY,
    0,
    -1,
    -from,
    from - 0.001,
    to + 0.001,
    Number.MAX_VALUE,
  ]
  for (const value of wrong) {
    const resolve = () => resolveConfiguration({ store, [group]: { [name]: value } })
    const sentence = `${group}.${name} must be a number from ${from} to ${to}, not ${value}`
    expect(resolve).toThrow(new RangeError(sentence))
  }
})

test.each([
  [{ passwords: { minimumLength: 8.5 } }, 'passwords.minimumLength must be a whole number'],
  [{ sessions: { maximumPerUser: 1.5 } }, 'sessions.maximumPerUser must be a whole number'],
  [{ apiKeys: { maximumPerUser: 2.5 } }, 'apiKeys.maximumPerUser must be a whole number'],
  [{ apiKeys: { requestsPerMinute: 60.5 } }, 'apiKeys.requestsPerMinute must be a whole number'],
])('there is no part of what is counted: %j', (options, sentence) => {
  expect(() => resolveConfiguration({ store, ...options })).toThrow(sentence)
})

test.each(settings)('%s.%s that is no number at all is refused', (group, name) => {
  for (const value of ['', 'many', {}, [], false]) {
    const resolve = () => resolveConfiguration({ store, [group]: { [name]: value } })
    expect(resolve).toThrow(RangeError)
    expect(resolve).toThrow(`${group}.${name}`)
  }
})

test('everybody may sign up unless it is said otherwise, and what says neither is refused', () => {
  expect(resolveConfiguration({ store }).signUp).toBe('open')
  for (const signUp of ['close', 'Closed', '', true]) {
    const options = Object.assign(JSON.parse('{}'), { store, signUp })
    const sentence = `signUp must be one of open, confirm, closed, not ${signUp}`
    expect(() => resolveConfiguration(options)).toThrow(new RangeError(sentence))
  }
})

test('a setting that is undefined keeps its default: no protection goes off by an accident', () => {
  const none = { minimumLength: undefined, rejectCommon: undefined, contextWords: undefined }
  const noLife = { idleHours: undefined, maximumHours: undefined }
  const noKeys = { scopes: undefined, maximumDays: undefined, requestsPerMinute: undefined }
  const options = JSON.parse('{}')
  Object.assign(options, { store, passwords: none, sessions: noLife, apiKeys: noKeys })
  Object.assign(options, { signUp: undefined, clock: undefined })
  const { passwords, sessions, apiKeys, clock, signUp } = resolveConfiguration(options)
  expect(passwords).toEqual({ minimumLength: 8, rejectCommon: true, contextWords: [] })
  expect(sessions).toEqual({ idleHours: 720, maximumHours: 2_160, maximumPerUser: 100 })
  expect(apiKeys).toEqual({
    scopes: [],
    defaultDays: 90,
    maximumDays: 365,
    maximumPerUser: 100,
    requestsPerMinute: 600,
  })
  expect(signUp).toBe('open')
  expect(clock()).toBeInstanceOf(Date)
})

test.each([
  [
    { passwords: { minLength: 15 } },
    'passwords can have minimumLength, rejectCommon, contextWords, but not minLength',
  ],
  [
    { sessions: { idleMinutes: 30 } },
    'sessions can have idleHours, maximumHours, maximumPerUser, but not idleMinutes',
  ],
  [{ apiKeys: { scope: ['projects:read'] } }, 'but not scope'],
])('a mistyped name is refused, and does not leave a default in force: %j', (options, sentence) => {
  const given = Object.assign(JSON.parse('{}'), { store, ...options })
  expect(() => resolveConfiguration(given)).toThrow(RangeError)
  expect(() => resolveConfiguration(given)).toThrow(sentence)
})

test('a word of the context that is none, or would be in every second password, is refused', () => {
  for (const contextWords of [[''], ['x'], ['ab'], [7], [null], 'Acme', {}]) {
    const options = JSON.parse(JSON.stringify({ passwords: { contextWords } }))
    expect(() => resolveConfiguration({ ...options, store })).toThrow('passwords.contextWords')
  }
  const { passwords } = resolveConfiguration({ store, passwords: { contextWords: ['Acme'] } })
  expect(passwords.contextWords).toEqual(['Acme'])
})

const policy = {
  issuer: 'https://api.example.com',
  audiences: ['billing'],
  keyEncryptionKey: randomBytes(32),
}

test.each([
  ['of 16 bytes', randomBytes(16)],
  ['of 31 bytes', randomBytes(31)],
  ['of 64 bytes', randomBytes(64)],
  ['of nothing', new Uint8Array(0)],
  ['of zeros', new Uint8Array(32)],
  ['of one letter', Buffer.alloc(32, 'x')],
  ['of a word over and over', Buffer.alloc(32, 'changeme')],
  ['of text', 'x'.repeat(32)],
  ['of numbers', [...randomBytes(32)]],
])('a key %s encrypts nothing: the start is refused, and does not say it', (_what, key) => {
  const options = Object.assign(JSON.parse('{}'), {
    store,
    accessTokens: { ...policy, keyEncryptionKey: key },
  })
  const sentence =
    'accessTokens.keyEncryptionKey must be 32 random bytes, as openssl rand -base64 32 makes them'
  expect(() => resolveConfiguration(options)).toThrow(new RangeError(sentence))
})

test('a thousand random keys are taken', () => {
  for (let count = 0; count < 1_000; count++) {
    const accessTokens = { ...policy, keyEncryptionKey: randomBytes(32) }
    expect(resolveConfiguration({ store, accessTokens }).accessTokens).not.toBeNull()
  }
})

test.each([
  ['issuer', '', 'api.example.com', 'ftp://a.example', 'https://a.example?x', 'https://a b'],
  ['audiences', '', 'a b', 'a,b', 'a"b', 'é', 'x'.repeat(256), '\n'],
])('%s of access tokens that no claim can have is refused', (name, ...wrong) => {
  for (const each of wrong) {
    const changed = { ...policy, [name]: name === 'issuer' ? each : ['billing', each] }
    expect(() => resolveConfiguration({ store, accessTokens: changed })).toThrow(RangeError)
  }
})

test('a key that encrypts others is not in what a configuration prints', () => {
  const config = resolveConfiguration({ store, accessTokens: policy })
  const printed = [inspect(config, { depth: 9, showHidden: true }), JSON.stringify(config)].join()
  const { keyEncryptionKey } = policy
  for (const encoding of ['hex', 'base64'] as const) {
    expect(printed).not.toContain(keyEncryptionKey.toString(encoding).slice(0, 16))
  }
  expect(printed).not.toContain([...keyEncryptionKey.subarray(0, 6)].join())
})

// JavaScript compares '720' with a number as if it were one.
test.each(settings)('%s.%s that only reads like a number is refused', (group, name) => {
  for (const value of ['20', [20], true]) {
    const resolve = () => resolveConfiguration({ store, [group]: { [name]: value } })
    expect(resolve).toThrow(RangeError)
  }
})
