import {
  chmodSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeEach, expect, onTestFinished, test } from 'vitest'
import { writeAdditions } from './additions.ts'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'latchkey-additions-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
})

const at = (path: string) => join(folder, path)
const read = (path: string) => readFileSync(at(path), 'utf8')
const modeOf = (path: string) => (statSync(at(path)).mode & 0o777).toString(8)

test.each(['.env', '.env.development.local'])('%s is for its owner alone', (path) => {
  writeAdditions(folder, [
    { path, content: 'SMTP_URL=', is: 'new' },
    { path: '.env.example', content: 'SMTP_URL=', is: 'new' },
  ])
  expect(modeOf(path)).toBe('600')
  expect(modeOf('.env.example')).not.toBe('600')
})

test.each([0o755, 0o600, 0o666])('a file that is changed keeps its mode %i', (mode) => {
  writeFileSync(at('server.js'), 'before')
  chmodSync(at('server.js'), mode)
  writeAdditions(folder, [{ path: 'server.js', content: 'after', is: 'changed' }])
  expect([read('server.js'), modeOf('server.js')]).toEqual(['after', mode.toString(8)])
})

test('a link stays one, and the file that it names is changed', () => {
  mkdirSync(at('elsewhere'))
  writeFileSync(at('elsewhere/package.json'), 'before')
  symlinkSync('elsewhere/package.json', at('package.json'))
  writeAdditions(folder, [{ path: 'package.json', content: 'after', is: 'changed' }])
  expect(lstatSync(at('package.json')).isSymbolicLink()).toBe(true)
  expect(read('elsewhere/package.json')).toBe('after')
  expect(readdirSync(folder).sort()).toEqual(['elsewhere', 'package.json'])
})

test('a draft that somebody else has begun stays, and nothing is written', () => {
  writeFileSync(at('server.js'), 'before')
  writeFileSync(at('server.js.latchkey-draft'), 'theirs')
  const files = [
    { path: 'auth/auth.js', content: 'new', is: 'new' },
    { path: 'server.js', content: 'after', is: 'changed' },
  ] as const
  expect(() => writeAdditions(folder, files)).toThrow('EEXIST')
  expect(read('server.js.latchkey-draft')).toBe('theirs')
  expect(read('server.js')).toBe('before')
  expect(readdirSync(folder).sort()).toEqual(['server.js', 'server.js.latchkey-draft'])
})
