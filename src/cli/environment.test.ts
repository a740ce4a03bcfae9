import { createHash, randomBytes } from 'node:crypto'
import { expect, test } from 'vitest'
import { readEnvironment } from './environment.ts'

const production = {
  DATABASE_URL: 'sqlite:storage/production.sqlite3',
  APP_URL: 'https://app.example.com',
  SMTP_URL: 'smtps://smtp.example.com',
  MAIL_FROM: 'no-reply@example.com',
}

const defaults = {
  mode: 'production',
  listen: { host: '127.0.0.1', port: 3000 },
  webPort: 3001,
  databaseUrl: 'sqlite:storage/production.sqlite3',
  processes: 1,
  corsOrigins: [],
  clearSiteData: ['cache', 'storage'],
  trustedProxies: [],
  signUp: 'open',
  passwords: { minimumLength: 8, rejectCommon: true },
  sessions: { idleHours: 720, maximumHours: 2160, maximumPerUser: 100 },
  accessTokens: { issuer: 'https://app.example.com', audiences: [], keyEncryptionKey: null },
  importedKeys: { pepper: null, firebase: null },
  resetTokenMinutes: 15,
  rateLimits: 'on',
  appUrl: 'https://app.example.com',
  mail: {
    kind: 'smtp',
    from: 'no-reply@example.com',
    url: 'smtps://smtp.example.com',
  },
  metricsToken: null,
  logLevel: 'info',
}

// What it encrypts, everybody can decrypt.
const developmentKey = createHash('sha256').update('latchkey development').digest()
const ownKey = randomBytes(32)

const inDevelopment = {
  ...defaults,
  mode: 'development',
  databaseUrl: 'sqlite:storage/development.sqlite3',
  corsOrigins: ['http://localhost:3001'],
  accessTokens: {
    issuer: 'http://localhost:3001',
    audiences: [],
    keyEncryptionKey: developmentKey,
  },
  appUrl: 'http://localhost:3001',
  mail: { kind: 'kept', from: 'Projects <no-reply@example.com>' },
}

test('production needs a database and a way to send mail, and has a default for the rest', () => {
  expect(readEnvironment(production, [])).toEqual(defaults)
})

test('development has a default for everything', () => {
  expect(readEnvironment({}, ['--dev'])).toEqual(inDevelopment)
})

test('production without them is refused with a sentence for each', () => {
  expect(faults({})).toEqual([
    'DATABASE_URL must be set in production, ' +
      'for example DATABASE_URL=sqlite:storage/production.sqlite3',
    'APP_URL must be set in production, for example APP_URL=https://app.example.com',
    "MAIL_FROM must be set in production, for example MAIL_FROM='Projects <no-reply@example.com>'",
    'SMTP_URL must be set in production, ' +
      'for example SMTP_URL=smtps://user:password@smtp.example.com',
  ])
})

test.each([
  [{ NODE_ENV: 'development' }, []],
  [{ NODE_ENV: 'development', DEV: '1', MODE: 'development', LATCHKEY_ENV: 'development' }, []],
  [{ NODE_ENV: '' }, ['dev', '-dev', '--development', '--dev=true', '--DEV']],
])('%j and %j do not lead into development', (variables, args) => {
  expect(readEnvironment({ ...production, ...variables }, args)).toEqual(defaults)
})

test('NODE_ENV=production does not lead out of development', () => {
  expect(readEnvironment({ NODE_ENV: 'production' }, ['serve', '--dev'])).toEqual(inDevelopment)
})

test('every variable is read', () => {
  const variables = {
    PORT: '8080',
    HOST: '::',
    DATABASE_URL: 'postgres://app:p%40ss@db.example.com/app?sslmode=verify-full',
    WEB_CONCURRENCY: '4',
    CORS_ORIGINS: 'https://app.example.com, http://localhost:5173',
    CLEAR_SITE_DATA: 'cookies, storage',
    TRUSTED_PROXIES: '10.0.0.0/8, ::1',
    SIGN_UP: 'confirm',
    PASSWORD_MINIMUM_LENGTH: '15',
    PASSWORD_REJECT_COMMON: 'false',
    SESSION_IDLE_HOURS: '1',
    SESSION_MAXIMUM_HOURS: '24',
    SESSIONS_PER_USER: '5',
    WEB_PORT: '3100',
    RESET_TOKEN_MINUTES: '60',
    ACCESS_TOKEN_AUDIENCES: 'https://files.example.com, billing',
    ACCESS_TOKEN_ISSUER: 'https://api.example.com/v1/',
    KEY_ENCRYPTION_KEY: ownKey.toString('base64'),
    IMPORTED_PEPPER: 'a pepper of Devise',
    IMPORTED_FIREBASE_KEY: ownKey.toString('base64'),
    IMPORTED_FIREBASE_SALT_SEPARATOR: 'AQI=',
    RATE_LIMITS: 'on',
    APP_URL: 'https://example.com/app/',
    SMTP_URL: 'smtp://user:p%40ss@smtp.example.com:2525',
    MAIL_FROM: '"Ann, of Projects" <ann@example.com>',
    METRICS_TOKEN: 'who-watches_the.server',
    LOG_LEVEL: 'silent',
  }
  const { metricsToken, ...read } = readEnvironment(variables, [])
  expect(metricsToken?.reveal()).toBe('who-watches_the.server')
  expect(read).toEqual({
    mode: 'production',
    listen: { host: '::', port: 8080 },
    webPort: 3100,
    databaseUrl: 'postgres://app:p%40ss@db.example.com/app?sslmode=verify-full',
    processes: 4,
    corsOrigins: ['https://app.example.com', 'http://localhost:5173'],
    clearSiteData: ['cookies', 'storage'],
    trustedProxies: ['10.0.0.0/8', '::1'],
    signUp: 'confirm',
    passwords: { minimumLength: 15, rejectCommon: false },
    sessions: { idleHours: 1, maximumHours: 24, maximumPerUser: 5 },
    accessTokens: {
      issuer: 'https://api.example.com/v1/',
      audiences: ['https://files.example.com', 'billing'],
      keyEncryptionKey: ownKey,
    },
    importedKeys: {
      pepper: 'a pepper of Devise',
      firebase: { signerKey: ownKey, saltSeparator: Buffer.from([1, 2]) },
    },
    resetTokenMinutes: 60,
    rateLimits: 'on',
    appUrl: 'https://example.com/app',
    mail: {
      kind: 'smtp',
      from: '"Ann, of Projects" <ann@example.com>',
      url: 'smtp://user:p%40ss@smtp.example.com:2525',
    },
    logLevel: 'silent',
  })
})

test.each([
  ['of another length', Buffer.alloc(8, 7).toString('base64')],
  ['no Base64', 'a signer key!'],
])('a key of Firebase that is %s stops the start, and is not said', (_what, key) => {
  const [fault, ...more] = faults({ ...production, IMPORTED_FIREBASE_KEY: key })
  expect(more).toEqual([])
  expect(fault).toMatch(/^IMPORTED_FIREBASE_KEY must be base64_signer_key of /)
  expect(fault).not.toContain(key)
})

test('a browser can be told to clear nothing', () => {
  expect(readEnvironment({ ...production, CLEAR_SITE_DATA: 'none' }, []).clearSiteData).toEqual([])
})

test('a key is read in base64 and base64url, with the padding or without', () => {
  const key = Buffer.from('fbff'.repeat(3) + ownKey.toString('hex').slice(12), 'hex')
  const spellings = [
    key.toString('base64'),
    key.toString('base64url'),
    `${key.toString('base64url')}=`,
  ]
  for (const KEY_ENCRYPTION_KEY of spellings) {
    const { accessTokens } = readEnvironment({ ...production, KEY_ENCRYPTION_KEY }, [])
    expect(Buffer.from(accessTokens.keyEncryptionKey ?? '')).toEqual(key)
  }
})

const inBase64 = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64')

test.each([
  ['short', 'abc'],
  ['one of 31 bytes', inBase64(randomBytes(31))],
  ['one of 33 bytes', inBase64(randomBytes(33))],
  ['one of 64 letters', ownKey.toString('hex')],
  ['zeros', inBase64(new Uint8Array(32))],
  ['one letter', inBase64(new Uint8Array(32).fill(7))],
  ['a word over and over', inBase64(Buffer.from('changeme'.repeat(4)))],
  ['a sentence', 'correct horse battery staple, and three more'],
  ['another alphabet', `${inBase64(ownKey).slice(0, 42)}.`],
])('a key that is %s stops the start, and is not said', (_what, KEY_ENCRYPTION_KEY) => {
  for (const [variables, args] of [
    [production, []],
    [{}, ['--dev']],
  ] as const) {
    const said = faults({ ...variables, KEY_ENCRYPTION_KEY }, args)
    expect(said).toEqual([
      'KEY_ENCRYPTION_KEY must be 32 random bytes, as openssl rand -base64 32 makes them, ' +
        'for example KEY_ENCRYPTION_KEY="$(openssl rand -base64 32)"',
    ])
    expect(said[0]).not.toContain(KEY_ENCRYPTION_KEY)
  }
})

test('the key of development is for development', () => {
  const KEY_ENCRYPTION_KEY = developmentKey.toString('base64url')
  expect(faults({ ...production, KEY_ENCRYPTION_KEY })).toEqual([
    expect.stringMatching(/^KEY_ENCRYPTION_KEY is that of development, which everybody knows/),
  ])
  const { accessTokens } = readEnvironment({ KEY_ENCRYPTION_KEY }, ['--dev'])
  expect(accessTokens.keyEncryptionKey).toEqual(developmentKey)
})

test('limits can be switched off in development, and nowhere else', () => {
  expect(readEnvironment({ RATE_LIMITS: 'off' }, ['--dev']).rateLimits).toBe('off')
  expect(faults({ ...production, RATE_LIMITS: 'off' })).toEqual([
    'RATE_LIMITS can be off in development only, for example RATE_LIMITS=on',
  ])
})

test('several processes are for production: in development mails are kept in memory', () => {
  expect(readEnvironment({ WEB_CONCURRENCY: '1' }, ['--dev']).processes).toBe(1)
  expect(faults({ WEB_CONCURRENCY: '2' }, ['--dev'])).toEqual([
    'WEB_CONCURRENCY can be above 1 in production only, for example WEB_CONCURRENCY=1',
  ])
})

test('development sends mails where a server is named, and keeps them otherwise', () => {
  const { mail } = readEnvironment({ SMTP_URL: 'smtp://localhost:1025' }, ['--dev'])
  expect(mail).toMatchObject({ kind: 'smtp', url: 'smtp://localhost:1025' })
  const kept = readEnvironment({ MAIL_FROM: 'ann@example.com' }, ['--dev']).mail
  expect(kept).toEqual({ kind: 'kept', from: 'ann@example.com' })
})

test('the front end may call from its own port in development, and only there', () => {
  expect(readEnvironment({ WEB_PORT: '5000' }, ['--dev']).corsOrigins).toEqual([
    'http://localhost:5000',
  ])
  expect(readEnvironment({ ...production, WEB_PORT: '5000' }, []).corsOrigins).toEqual([])
})

const within = (from: number, to: number) => `be a whole number from ${from} to ${to}`
const notNumbers = ['many', '-1', '+9', '8.5', '1e3', '0x10', '9 9', '12h', 'NaN', 'Infinity', '٩']
const notOrigins = [
  '*',
  'app.example.com',
  'https://app.example.com/',
  'https://app.example.com/path',
  'https://user@app.example.com',
  'https://app.example.com:443',
  'https://App.example.com',
  'ftp://app.example.com',
  'https://app.example.com,',
  'https://app.example.com https://b.example.com',
]

test.each([
  ['PORT', [...notNumbers, '65536'], within(0, 65535), '3000'],
  ['WEB_PORT', [...notNumbers, '0', '65536'], within(1, 65535), '3001'],
  ['WEB_CONCURRENCY', [...notNumbers, '0', '65'], within(1, 64), '1'],
  ['PASSWORD_MINIMUM_LENGTH', [...notNumbers, '7', '0', '129'], within(8, 128), '8'],
  ['SESSION_IDLE_HOURS', [...notNumbers, '0', '87601'], within(1, 87600), '720'],
  ['SESSION_MAXIMUM_HOURS', [...notNumbers, '0', '87601'], within(1, 87600), '2160'],
  ['SIGN_UP', ['OPEN', 'no', 'open,closed'], 'be one of open, confirm, closed', 'open'],
  ['PASSWORD_REJECT_COMMON', ['TRUE', '1', 'yes', 'off'], 'be one of true, false', 'true'],
  ['LOG_LEVEL', ['debug', 'INFO', 'warn'], 'be one of info, error, silent', 'info'],
  [
    'DATABASE_URL',
    [
      'mysql://me:hunter2@db/app',
      'postgres://db',
      'postgres:app',
      'postgres://me:hunter2@db/app#x',
      // A password with a slash: the name of the user would be looked up as a host.
      'postgres://me:12/hunter2@db',
      'postgres://me:p ss@db/app',
      'storage/x.sqlite3',
      'SQLITE:x',
      'sqlite',
      'sqlite:',
    ],
    'be sqlite: and the path of a file, or postgres:// with user, password, server and database, with what is special in a URL percent-encoded',
    'sqlite:storage/production.sqlite3',
  ],
  ['RESET_TOKEN_MINUTES', [...notNumbers, '0', '1441'], within(1, 1440), '15'],
  ['RATE_LIMITS', ['OFF', 'false', '0'], 'be one of on, off', 'on'],
  [
    'APP_URL',
    ['app.example.com', 'ftp://example.com', 'https://a@b.example', 'https://b.example/#x', 'x'],
    'be the http or https URL of the front end, without ? and #',
    'https://app.example.com',
  ],
  [
    'ACCESS_TOKEN_ISSUER',
    [
      'api.example.com',
      'ftp://example.com',
      'https://b.example/#x',
      'https://b.example?x',
      'https://a@b.example',
      'https://',
      'https://a b',
    ],
    'be an http or https URL of 255 characters at most, without user, ? and #',
    'https://api.example.com',
  ],
  [
    'ACCESS_TOKEN_AUDIENCES',
    ['a b', 'a,,b', 'a,', ',', 'é', 'a"b', 'x'.repeat(256)],
    'be URLs or names of 1 to 255 characters, without spaces and commas',
    'https://files.example.com,https://billing.example.com',
  ],
  [
    'MAIL_FROM',
    ['Ann', 'ann@localhost', 'Ann <a@b.example', 'a@b.example, c@d.example', 'A\nB <a@b.example>'],
    'be an address, or a name and an address in <>',
    'Projects <no-reply@example.com>',
  ],
  [
    'SMTP_URL',
    ['smtp.example.com', 'http://smtp.example.com', 'smtp://', 'smtp://h/x', 'smtp://h?x=1'],
    'be smtps:// (or smtp:// for STARTTLS), user, password and server, with what is special in a URL percent-encoded',
    'smtps://user:password@smtp.example.com',
  ],
  [
    'TRUSTED_PROXIES',
    ['proxy', '*', '10.0.0.0/33', '10.0.0.1,', '10.0.0.1 ::1'],
    'list addresses or networks of proxies',
    '10.0.0.0/8,::1',
  ],
  [
    'CORS_ORIGINS',
    notOrigins,
    'list origins without path or slash at the end',
    'https://app.example.com,http://localhost:3001',
  ],
  [
    'CLEAR_SITE_DATA',
    ['*', 'Cache', '"cache"', 'executionContexts', 'cache,', 'none,cache', 'cache storage'],
    'list some of cache, cookies, storage, or be none',
    'cache,storage',
  ],
])('%s that cannot be read is named with an example', (name, values, fault, example) => {
  const pasted = example.includes(' ') ? `'${example}'` : example
  const sentence = `${name} must ${fault}, for example ${name}=${pasted}`
  for (const value of values) {
    expect([value, faults({ ...production, [name]: value })]).toEqual([value, [sentence]])
    expect([value, faults({ [name]: value }, ['--dev'])]).toEqual([value, [sentence]])
  }
  const wrong = Object.fromEntries([[name, example]])
  expect(faults({ ...production, ...wrong })).toEqual([])
})

test.each(['short', 'fifteen letters', 'a b c d e f g h i j', 'é'.repeat(20), 'x'.repeat(300)])(
  'a token for metrics that is %j stops the start, and is not said',
  (METRICS_TOKEN) => {
    const [said = '', ...more] = faults({ ...production, METRICS_TOKEN })
    expect(said).toMatch(
      /^METRICS_TOKEN must be 16 to 256 .*METRICS_TOKEN="\$\(openssl rand -hex 32\)"$/,
    )
    expect([more, said.includes(METRICS_TOKEN)]).toEqual([[], false])
  },
)

test('what encrypts keys reads no metrics', () => {
  const key = ownKey.toString('base64')
  const said = faults({ ...production, KEY_ENCRYPTION_KEY: key, METRICS_TOKEN: key })
  expect(said).toEqual([expect.stringMatching(/^METRICS_TOKEN must not be KEY_ENCRYPTION_KEY/)])
})

test('all faults are said at once', () => {
  const variables = { PORT: 'x', SIGN_UP: 'x', LOG_LEVEL: 'x', CORS_ORIGINS: 'x', WEB_PORT: 'x' }
  const names = faults(variables).map((sentence) => sentence.split(' ')[0])
  const missing = ['DATABASE_URL', 'APP_URL', 'SMTP_URL', 'MAIL_FROM']
  expect(names.sort()).toEqual([...Object.keys(variables), ...missing].sort())
})

test.each(['', ' ', '\t\n'])('a variable that holds %j is not set', (empty) => {
  const names = ['PORT', 'HOST', 'WEB_PORT', 'CORS_ORIGINS', 'SIGN_UP', 'LOG_LEVEL', 'DATABASE_URL']
  const more = ['PASSWORD_MINIMUM_LENGTH', 'PASSWORD_REJECT_COMMON', 'SESSION_IDLE_HOURS']
  const mail = [
    'CLEAR_SITE_DATA',
    'APP_URL',
    'SMTP_URL',
    'MAIL_FROM',
    'RESET_TOKEN_MINUTES',
    'RATE_LIMITS',
  ]
  const keys = [
    'METRICS_TOKEN',
    'ACCESS_TOKEN_AUDIENCES',
    'ACCESS_TOKEN_ISSUER',
    'KEY_ENCRYPTION_KEY',
  ]
  const imported = ['PEPPER', 'FIREBASE_KEY', 'FIREBASE_SALT_SEPARATOR'].map(
    (name) => `IMPORTED_${name}`,
  )
  const variables = Object.fromEntries(
    [...names, ...more, ...keys, ...imported, ...mail].map((name) => [name, empty]),
  )
  expect(readEnvironment(variables, ['--dev'])).toEqual(inDevelopment)
  expect(faults({ ...production, DATABASE_URL: empty })).toHaveLength(1)
})

test('an address of the front end that is no issuer is one where no tokens are issued', () => {
  const long = `https://example.com/${'x'.repeat(250)}`
  expect(faults({ ...production, APP_URL: 'https://example.com/@team' })).toEqual([])
  expect(faults({ ...production, APP_URL: long })).toEqual([])
  const wanted = { ...production, APP_URL: long, ACCESS_TOKEN_AUDIENCES: 'files' }
  expect(faults(wanted)).toEqual([expect.stringMatching(/^ACCESS_TOKEN_ISSUER must be an http/)])
  expect(faults({ ...wanted, ACCESS_TOKEN_ISSUER: 'https://api.example.com' })).toEqual([])
})

function faults(variables: Record<string, string>, args: readonly string[] = []): string[] {
  try {
    readEnvironment(variables, args)
    return []
  } catch (error) {
    return error instanceof Error ? error.message.split('\n') : ['not an error']
  }
}
