// The pages behind the links in mails. What their script does is seen in a browser only.
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { routeTable } from '../src/http/routes.ts'
import { web } from '../templates/web/server.ts'
import { read, startServer } from './harness.ts'

const apiOrigin = 'http://localhost:3000'
const page = web({ apiOrigin })
const pages = ['/reset-password', '/verify-email']
const paths = ['/', ...pages, '/mail-link.css', '/mail-link.js']

async function ask(path: string, method = 'GET') {
  return read(page.fetch(new Request(`http://localhost:3001${path}`, { method })))
}

test('the pages, their style and their script are there, each as what it is', async () => {
  const types = await Promise.all(
    paths.map(async (path) => {
      const { status, headers } = await ask(path)
      return [status, headers.get('content-type')]
    }),
  )
  expect(types).toEqual([
    [200, 'text/html; charset=utf-8'],
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
  for (const path of ['/', ...pages, '/nowhere']) {
    const { text } = await ask(path)
    expect(text).not.toMatch(/<script(?![^>]* src="\/)|<style|\sstyle=|\son\w+=/i)
    const [, ...loaded] = text.split(/(?:src|href)="/)
    for (const each of loaded) expect(each).toMatch(/^\/mail-link\.(css|js)"/)
  }
})

test.each(pages)('%s knows which API to speak to', async (path) => {
  expect((await ask(path)).text).toContain(
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

test.each([
  ['/reset-password', 'new-password'],
  ['/verify-email', 'current-password'],
])(
  'on %s a password is masked, may be pasted, and a manager of passwords knows which it is',
  async (path, kind) => {
    const { text } = await ask(path)
    const inputs = [...text.matchAll(/<input[^>]*>/g)].map(([input]) => input)
    const passwords = inputs.filter((input) => input.includes('name="password'))
    expect(passwords.length).toBeGreaterThan(0)
    for (const input of passwords) {
      expect(input).toContain('type="password"')
      expect(input).toContain(`autocomplete="${kind}"`)
      expect(input).not.toMatch(/maxlength|readonly|\son\w+=/)
    }
    const script = readFileSync('templates/web/mail-link.js', 'utf8')
    expect(script).not.toMatch(/paste|copy|beforeinput|keydown/i)
  },
)

test('the token is taken out of the address bar, and is stored nowhere', () => {
  const script = readFileSync('templates/web/mail-link.js', 'utf8')
  expect(script).toContain('history.replaceState(null')
  expect(script).not.toMatch(/localStorage|sessionStorage|document\.cookie|innerHTML|console\./)
})

test.each([
  ['/reset-password', 'PUT /v1/passwords', ['password', 'password_confirmation']],
  ['/verify-email', 'PUT /v1/email_verifications', ['password']],
])('on %s is every field and every state that the script speaks of', async (path, line, fields) => {
  const script = readFileSync('templates/web/mail-link.js', 'utf8')
  const { text } = await ask(path)
  const ids = [...text.matchAll(/\sid="([\w-]+)"/g)].map((match) => match[1])
  const named = [...text.matchAll(/<input[^>]*\sname="([\w-]+)"/g)].map((match) => match[1])
  expect(named).toEqual(fields)
  for (const id of fields) {
    expect(ids).toContain(id)
    expect(ids).toContain(`${id}-problem`)
  }
  expect(text).toContain(`data-path="${line.slice(4)}"`)
  expect(text).toMatch(/<button type="submit" data-busy="[^"]+"/)
  const { auth } = await startServer()
  const route = routeTable(auth).find((each) => `${each.method} ${each.path}` === line)
  expect(
    Object.keys(Object(z.toJSONSchema(Object(route?.schemas.body), { io: 'input' })).properties),
  ).toEqual(expect.arrayContaining(['token', ...fields]))
  const shown = [...script.matchAll(/(?:finish|show)\('?([\w-]+)'/g)].map((match) => match[1])
  expect(shown).toEqual(expect.arrayContaining(['done', 'dead']))
  for (const id of [...shown, 'without-token', 'choose']) expect(ids).toContain(id)
  expect(text).toContain('<noscript>')
})
