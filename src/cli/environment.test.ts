import { expect, test } from 'vitest'
import { readEnvironment } from './environment.ts'

const production = { DATABASE_URL: 'sqlite:storage/production.sqlite3' }

const defaults = {
  mode: 'production',
  listen: { host: '127.0.0.1', port: 3000 },
  databaseUrl: 'sqlite:storage/production.sqlite3',
  corsOrigins: [],
  signUp: 'open',
  passwords: { minimumLength: 8, rejectCommon: true },
  sessions: { idleHours: 720, maximumHours: 2160 },
  logLevel: 'info',
}

const inDevelopment = {
  ...defaults,
  mode: 'development',
  databaseUrl: 'sqlite:storage/development.sqlite3',
  corsOrigins: ['http://localhost:3001'],
}

test('production needs a database and has a default for the rest', () => {
  expect(readEnvironment(production, [])).toEqual(defaults)
})

test('development has a default for everything', () => {
  expect(readEnvironment({}, ['--dev'])).toEqual(inDevelopment)
})

test('production without a database is refused with a sentence', () => {
  expect(faults({})).toEqual([
    'DATABASE_URL must be set in production, ' +
      'for example DATABASE_URL=sqlite:storage/production.sqlite3',
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
    DATABASE_URL: 'sqlite:/var/lib/app.sqlite3',
    CORS_ORIGINS: 'https://app.example.com, http://localhost:5173',
    SIGN_UP: 'closed',
    PASSWORD_MINIMUM_LENGTH: '15',
    PASSWORD_REJECT_COMMON: 'false',
    SESSION_IDLE_HOURS: '1',
    SESSION_MAXIMUM_HOURS: '24',
    LOG_LEVEL: 'silent',
  }
  expect(readEnvironment(variables, [])).toEqual({
    mode: 'production',
    listen: { host: '::', port: 8080 },
    databaseUrl: 'sqlite:/var/lib/app.sqlite3',
    corsOrigins: ['https://app.example.com', 'http://localhost:5173'],
    signUp: 'closed',
    passwords: { minimumLength: 15, rejectCommon: false },
    sessions: { idleHours: 1, maximumHours: 24 },
    logLevel: 'silent',
  })
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
  ['WEB_PORT', [...notNumbers, '65536'], within(0, 65535), '3001'],
  ['PASSWORD_MINIMUM_LENGTH', [...notNumbers, '7', '0', '129'], within(8, 128), '8'],
  ['SESSION_IDLE_HOURS', [...notNumbers, '0', '87601'], within(1, 87600), '720'],
  ['SESSION_MAXIMUM_HOURS', [...notNumbers, '0', '87601'], within(1, 87600), '2160'],
  ['SIGN_UP', ['OPEN', 'no', 'open,closed'], 'be one of open, closed', 'open'],
  ['PASSWORD_REJECT_COMMON', ['TRUE', '1', 'yes', 'off'], 'be one of true, false', 'true'],
  ['LOG_LEVEL', ['debug', 'INFO', 'warn'], 'be one of info, error, silent', 'info'],
  [
    'DATABASE_URL',
    ['postgres://me:hunter2@db/app', 'storage/x.sqlite3', 'SQLITE:x', 'sqlite', 'sqlite:'],
    'be sqlite: and the path of a file',
    'sqlite:storage/production.sqlite3',
  ],
  [
    'CORS_ORIGINS',
    notOrigins,
    'list origins without path or slash at the end',
    'https://app.example.com,http://localhost:3001',
  ],
])('%s that cannot be read is named with an example', (name, values, fault, example) => {
  const sentence = `${name} must ${fault}, for example ${name}=${example}`
  for (const value of values) {
    expect([value, faults({ ...production, [name]: value })]).toEqual([value, [sentence]])
    expect([value, faults({ [name]: value }, ['--dev'])]).toEqual([value, [sentence]])
  }
  const wrong = Object.fromEntries([[name, example]])
  expect(faults({ ...production, ...wrong })).toEqual([])
})

test('all faults are said at once', () => {
  const variables = { PORT: 'x', SIGN_UP: 'x', LOG_LEVEL: 'x', CORS_ORIGINS: 'x', WEB_PORT: 'x' }
  const names = faults(variables).map((sentence) => sentence.split(' ')[0])
  expect(names.sort()).toEqual([...Object.keys(variables), 'DATABASE_URL'].sort())
})

test.each(['', ' ', '\t\n'])('a variable that holds %j is not set', (empty) => {
  const names = ['PORT', 'HOST', 'WEB_PORT', 'CORS_ORIGINS', 'SIGN_UP', 'LOG_LEVEL', 'DATABASE_URL']
  const more = ['PASSWORD_MINIMUM_LENGTH', 'PASSWORD_REJECT_COMMON', 'SESSION_IDLE_HOURS']
  const variables = Object.fromEntries([...names, ...more].map((name) => [name, empty]))
  expect(readEnvironment(variables, ['--dev'])).toEqual(inDevelopment)
  expect(faults({ DATABASE_URL: empty })).toHaveLength(1)
})

function faults(variables: Record<string, string>, args: string[] = []): string[] {
  try {
    readEnvironment(variables, args)
    return []
  } catch (error) {
    return error instanceof Error ? error.message.split('\n') : ['not an error']
  }
}
