import { setImmediate } from 'node:timers/promises'
import { expect, onTestFinished, test, vi } from 'vitest'
import type { Log, LogEntry } from '../core/log.ts'
import { Secret } from '../core/secret.ts'
import { createLog } from './log.ts'

const modes = ['production', 'development'] as const

test('a line of production is one JSON object with the time, the level and the message', () => {
  const { log, lines } = open('production')
  log.info({ request_id: 'r1', status: 200 }, 'request')
  log.error({ request_id: 'r2' }, 'unhandled')
  const [first, second] = lines.map((line) => JSON.parse(line))
  expect(first).toMatchObject({ level: 'info', message: 'request', request_id: 'r1', status: 200 })
  expect(second).toMatchObject({ level: 'error', message: 'unhandled', request_id: 'r2' })
  expect(new Date(first.time).toISOString()).toBe(first.time)
  expect(lines.join('')).not.toMatch(/[\r\n]/)
})

test.each<[string, LogEntry]>([
  ['what a request is logged by', { requestId: 'r1', path: '/v1/projects/:id', status: 200 }],
  ['no route', { path: null, status: 404 }],
  ['numbers of every kind', { a: -0, b: 1e21, c: Number.NaN, d: Number.POSITIVE_INFINITY, e: 0.1 }],
  ['truths', { yes: true, no: false }],
  ['quotes, backslashes and what is no ASCII', { name: '"\\"', 'na"me': 'grün 𝄞', lone: '\ud800' }],
  ['what JSON leaves out', { function: () => 1, nothing: undefined, symbol: Symbol('s') }],
  ['a date, a list and an object', { at: new Date(0), list: [1, 'two'], deep: { three: null } }],
  ['nothing', {}],
])('a line of %s is what JSON.stringify writes', (_name, entry) => {
  const { log, lines } = open('production')
  log.info(entry, 'what "it" says')
  const { time } = JSON.parse(lines.join(''))
  const whole = { ...entry, time, level: 'info', message: 'what "it" says' }
  expect(lines).toEqual([JSON.stringify(whole)])
})

test('an entry cannot say another time, level or message than that of its line', () => {
  const { log, lines } = open('production')
  log.error({ level: 'info', message: 'forged', time: 'never', a: 1 }, 'fault')
  const written = { a: 1, time: expect.any(String), level: 'error', message: 'fault' }
  expect(JSON.parse(lines.join(''))).toEqual(written)
  expect(lines.join('')).not.toMatch(/forged|never/)
})

test('a request in development is a line for people', () => {
  const { log, lines } = open('development')
  const entry = { method: 'GET', path: '/v1/session', status: 200, milliseconds: 3 }
  log.info({ ...entry, request_id: 'r1' }, 'request')
  expect(lines).toEqual(['GET /v1/session 200 3 ms'])
})

test('another message in development has its values after it', () => {
  const { log, lines } = open('development')
  log.info({ port: 3000 }, 'listening')
  expect(lines).toEqual(['listening {"port":3000}'])
})

test.each(
  modes.flatMap((mode) => [
    [mode, 'info', ['info', 'error']] as const,
    [mode, 'error', ['error']] as const,
    [mode, 'silent', []] as const,
  ]),
)('in %s the level %s lets %j through', (mode, logLevel, expected) => {
  const { log, lines } = open(mode, logLevel)
  log.info({}, 'info')
  log.error({}, 'error')
  const seen = lines.map((line) => (line.startsWith('{') ? JSON.parse(line).message : line))
  expect(seen.map((line) => line.split(' ')[0])).toEqual(expected)
})

test.each(modes)('an error in %s has its stack and that of its cause', (mode) => {
  const { log, lines } = open(mode)
  const cause = new RangeError('the reason')
  log.error({ request_id: 'r1', err: new TypeError('the error', { cause }) }, 'unhandled')
  expect(lines).toHaveLength(1)
  const text = lines.join('').replaceAll('\\n', '\n')
  expect(text).toMatch(/TypeError: the error\n\s+at .*log\.test\.ts/)
  expect(text).toMatch(/RangeError: the reason\n\s+at .*log\.test\.ts/)
  expect(text).toContain('r1')
})

test('the stack of an error in development is on lines of its own', () => {
  const { log, lines } = open('development')
  log.error({ err: new TypeError('the error') }, 'unhandled')
  expect(lines.join('').split('\n').length).toBeGreaterThan(4)
})

test.each(modes)('a secret in %s prints as [secret], also one that is nested', (mode) => {
  const { log, lines } = open(mode)
  const secret = new Secret('hunter2')
  log.info({ token: secret, list: [secret], deep: { secret } }, 'issued')
  log.error({ secret, err: new Error(`no ${secret}`, { cause: secret }) }, 'unhandled')
  expect(lines.join('').match(/\[secret\]/g)).toHaveLength(6)
  expect(lines.join('')).not.toContain('hunter2')
})

const forged = '\nGET /forged 200 1 ms\r\n\x1b[2K\x1b[31m{"level":"info","message":"forged"}'

const values: [string, LogEntry][] = [
  ['a value', { name: forged }],
  ['a nested value', { names: [{ name: forged }] }],
  ['the name of a value', { [forged]: 1 }],
]

test.each(modes.flatMap((mode) => values.map((value) => [mode, ...value] as const)))(
  'in %s %s cannot forge a line or colour one',
  (mode, _name, entry) => {
    expectNothingForged(mode, entry, 'note')
  },
)

test.each<[string, LogEntry, string]>([
  ['a path', { method: 'GET', path: forged, status: 200 }, 'request'],
  ['a method', { method: forged, path: '/', status: 200 }, 'request'],
  ['a message', {}, forged],
  ['an error', { err: new Error(forged) }, 'unhandled'],
  ['a cause', { err: new Error('no', { cause: new Error(forged) }) }, 'unhandled'],
])('in production the text of %s cannot forge a line or colour one', (_name, entry, message) => {
  expectNothingForged('production', entry, message)
})

test('in development the text of an error cannot forge a line or colour one', () => {
  expectNothingForged('development', { err: new Error(forged) }, 'unhandled')
})

test.each(modes)('what was thrown in %s is logged, also when it is no error', (mode) => {
  const { log, lines } = open(mode)
  log.error({ requestId: 'r1', err: 'the reason' }, 'unhandled')
  expect(lines.join('')).toContain('the reason')
})

test('lines that come one after another without a wait are one write, in their order', async () => {
  const write = vi.spyOn(process.stdout, 'write').mockReturnValue(true)
  onTestFinished(() => void write.mockRestore())
  const log = createLog({ mode: 'production', logLevel: 'info' })
  for (const requestId of ['r1', 'r2', 'r3']) {
    log.info({ requestId }, 'request')
    await null
  }
  expect(write).not.toHaveBeenCalled()
  await setImmediate()
  expect(write).toHaveBeenCalledTimes(1)
  expect(String(write.mock.calls[0]?.[0]).match(/r\d/g)).toEqual(['r1', 'r2', 'r3'])
  log.error({ requestId: 'r4' }, 'fault')
  await setImmediate()
  expect(write).toHaveBeenCalledTimes(2)
})

function expectNothingForged(mode: (typeof modes)[number], entry: LogEntry, message: string) {
  const { log, lines } = open(mode)
  log.info(entry, message)
  expect(lines).toHaveLength(1)
  const physical = lines.join('').split(/[\r\n]/)
  expect(physical.filter((line) => /^(GET \/forged|\{"level)/.test(line))).toEqual([])
  expect(lines.join('')).not.toContain('\x1b')
}

function open(
  mode: (typeof modes)[number],
  logLevel: 'info' | 'error' | 'silent' = 'info',
): { log: Log; lines: string[] } {
  const lines: string[] = []
  return { log: createLog({ mode, logLevel }, (line) => lines.push(line)), lines }
}
