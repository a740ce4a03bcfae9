// The page behind the link in a mail. What its script does is seen in a browser only.
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { web } from '../templates/web/server.ts'
import { read } from './harness.ts'

const apiOrigin = 'http://localhost:3000'
const page = web({ apiOrigin })
const paths = ['/', '/reset-password', '/reset-password.css', '/reset-password.js']

async function ask(path: string, method = 'GET') {
  return read(page.fetch(new Request(`http://localhost:3001${path}`, { method })))
}

test('the page, its style and its script are there, each as what it is', async () => {
  const types = await Promise.all(
    paths.map(async (path) => {
      const { status, headers } = await ask(path)
      return [status, headers.get('content-type')]
    }),
  )
  expect(types).toEqual([
    [200, 'text/html; charset=utf-8'],
    [200, 'text/html; charset=utf-8'],
    [200, 'text/css; charset=utf-8'],
    [200, 'text/javascript; charset=utf-8'],
  ])
})

test('another path is a page that says so, whatever it looks like', async () => {
  const strange = [
    '/nowhere',
    '/reset-password/',
    '/server.ts',
    '/%2e%2e/api/server.ts',
    '/constructor',
  ]
  for (const path of strange) {
    const { status, text } = await ask(path)
    expect([path, status]).toEqual([path, 404])
    expect(text).toContain('There is no such page')
  }
})

test('a page is read and nothing else: other methods are refused', async () => {
  for (const path of [...paths, '/nowhere']) {
    const head = await ask(path, 'HEAD')
    expect([head.status, head.text]).toEqual([(await ask(path)).status, ''])
    for (const method of ['POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']) {
      const { status, headers } = await ask(path, method)
      expect([method, status, headers.get('allow')]).toEqual([method, 405, 'GET, HEAD'])
    }
  }
})

test('every answer is under one strict policy, and is kept by nobody', async () => {
  for (const [path, method] of [...paths, '/nowhere'].flatMap((path) => [[path], [path, 'POST']])) {
    const { headers } = await ask(path ?? '', method)
    expect(Object.fromEntries(headers)).toMatchObject({
      'cache-control': 'no-store',
      'content-security-policy':
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src http://localhost:3000; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-resource-policy': 'same-origin',
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
    })
  }
})

test('no page has anything that the policy would stop, and nothing comes from afar', async () => {
  for (const path of ['/', '/reset-password', '/nowhere']) {
    const { text } = await ask(path)
    expect(text).not.toMatch(/<script(?![^>]* src="\/)|<style|\sstyle=|\son\w+=/i)
    const [, ...loaded] = text.split(/(?:src|href)="/)
    for (const each of loaded) expect(each).toMatch(/^\/reset-password\.(css|js)"/)
  }
})

test('the page knows which API to speak to', async () => {
  expect((await ask('/reset-password')).text).toContain(
    '<meta name="api-origin" content="http://localhost:3000">',
  )
})

test.each([
  'http://localhost:3000"><script>alert(1)</script>',
  'http://a.example; script-src *',
  "http://a'b.example",
  'http://a&b.example',
  'http://localhost:3000/',
  'http://localhost:3000/v1',
  'http://me@localhost:3000',
  'HTTP://LOCALHOST',
  'javascript:alert(1)',
  '*',
  '',
])('an API at %j is refused before it reaches the page or its policy', (wrong) => {
  expect(() => web({ apiOrigin: wrong })).toThrow(RangeError)
})

test.each([
  'http://localhost:3000',
  'https://api.example.com',
  'http://127.0.0.1:1',
  'http://[::1]:3',
])('an API at %s is let through', (origin) => {
  expect(() => web({ apiOrigin: origin })).not.toThrow()
})

test('the token is taken out of the address bar, and is stored nowhere', () => {
  const script = readFileSync('templates/web/reset-password.js', 'utf8')
  expect(script).toContain('history.replaceState(null')
  expect(script).not.toMatch(/localStorage|sessionStorage|document\.cookie|innerHTML|console\./)
})

test('every field and every state that the script speaks of is on the page', async () => {
  const script = readFileSync('templates/web/reset-password.js', 'utf8')
  const { text } = await ask('/reset-password')
  const ids = [...text.matchAll(/\sid="([\w-]+)"/g)].map((match) => match[1])
  for (const id of ['password', 'password_confirmation']) {
    expect(ids).toContain(id)
    expect(ids).toContain(`${id}-problem`)
  }
  const shown = [...script.matchAll(/(?:finish|show)\('?([\w-]+)'/g)].map((match) => match[1])
  expect(shown).toEqual(expect.arrayContaining(['done', 'dead']))
  for (const id of [...shown, 'without-token', 'choose']) expect(ids).toContain(id)
  expect(text).toContain('<noscript>')
})
