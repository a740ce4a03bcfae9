import { Console } from 'node:console'
import { Writable } from 'node:stream'
import { format, inspect } from 'node:util'
import { serialize } from 'node:v8'
import { expect, test } from 'vitest'
import { Secret } from './secret.ts'

const value = 'correct horse battery staple'
const secret = new Secret(value)
const nested = { user: { secrets: [secret], map: new Map([['key', secret]]) } }

test('a secret is revealed to whoever asks for it by name', () => {
  expect(secret.reveal()).toBe(value)
})

test.each([
  ['a template', `${secret}`],
  ['String()', String(secret)],
  ['a concatenation', `token: `.concat(String([secret]))],
  ['JSON', JSON.stringify(secret).slice(1, -1)],
  ['inspect', inspect(secret)],
  ['%s', format('%s', secret)],
  ['%o', format('%o', secret)],
  ['%O', format('%O', secret)],
  ['%j', format('%j', secret).slice(1, -1)],
  ['a further argument', format('', secret).trim()],
])('%s prints [secret]', (_way, text) => {
  expect(text).toMatch(/\[secret\]$/)
  expect(text).not.toContain(value)
})

test.each([
  ['JSON', JSON.stringify(nested)],
  ['inspect', inspect(nested, { depth: null, showHidden: true, getters: true })],
  ['%o', format('%o', nested)],
  ['%j', format('%j', nested)],
])('%s of what holds a secret shows that one is there, and not which', (_way, text) => {
  expect(text).toMatch(/\[secret\]|"map":\{\}/)
  expect(text).not.toContain(value)
})

test('inspect without its custom functions finds nothing either', () => {
  const text = inspect(nested, { customInspect: false, showHidden: true, depth: null })
  expect(text).toContain('Secret')
  expect(text).not.toContain(value)
})

test.each([
  ['its message', new Error(`no ${secret}`)],
  ['its cause', new Error('no', { cause: secret })],
  ['a property', Object.assign(new Error('no'), { secret })],
])('an error that carries a secret in %s prints without it', (_where, error) => {
  const text = inspect(error, { showHidden: true }) + format('%s %o', error, error) + error.stack
  expect(text).toContain('[secret]')
  expect(text).not.toContain(value)
})

test('the console never writes it', () => {
  const written: string[] = []
  const stdout = new Writable({
    write(chunk, _encoding, done) {
      written.push(String(chunk))
      done()
    },
  })
  const console = new Console(stdout)
  console.log('%s %o %j', secret, secret, secret)
  console.log(secret, nested)
  console.dir(nested, { depth: null })
  console.table([nested.user, { secret }])
  expect(written.join('')).toContain('[secret] [secret] "[secret]"')
  expect(written.join('')).not.toContain(value)
})

test('a copy does not carry it', () => {
  expect({ ...secret }).toEqual({})
  expect(Object.assign({}, secret)).toEqual({})
  expect(structuredClone(secret)).toEqual({})
  expect(Reflect.ownKeys(secret)).toEqual([])
  expect(serialize(nested).includes(value)).toBe(false)
})
