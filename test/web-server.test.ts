// The server of the front end's files: what it says of itself, and to whom. The pages are seen in
// test/browser.
import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { beforeAll, expect, test } from 'vitest'
import { buildWeb } from '../templates/web/build.ts'
import { type Web, web } from '../templates/web/server.ts'
import { read, temporaryFolder } from './harness.ts'

const apiOrigin = 'http://localhost:3000'
let page: Web

beforeAll(async () => {
  await buildWeb()
  page = web({ apiOrigin })
}, 60_000)

async function ask(path: string, init: RequestInit = {}) {
  return read(page.fetch(new Request(`http://localhost:3001${path}`, init)))
}

/** What the page loads before any script runs. */
async function assets(): Promise<string[]> {
  const { text } = await ask('/')
  return [...text.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, path = '']) => path)
}

test('every path that is no file is the page, so that a link into the front end works', async () => {
  const { text } = await ask('/')
  expect(text).toContain('<div id="root">')
  for (const path of ['/reset-password', '/account/devices', '/nowhere', '/index.html']) {
    expect(await ask(path)).toMatchObject({ status: 200, text })
  }
})

test('a file that is not there is not the page: an old page would run it as a script', async () => {
  for (const path of ['/assets/index-old.js', '/server.ts', '/%2e%2e/api/server.ts', '/a.php']) {
    expect(await ask(path)).toMatchObject({ status: 404, text: 'Not Found\n' })
  }
})

test('a manager of passwords is led to the page where one is changed', async () => {
  const { status, headers } = await ask('/.well-known/change-password')
  expect([status, headers.get('location')]).toEqual([302, '/account'])
  const made = 'resource-that-should-not-exist-whose-status-code-should-not-be-200'
  expect((await ask(`/.well-known/${made}`)).status).toBe(404)
})

test('what the page loads is its own, and each is what it says it is', async () => {
  const loaded = await assets()
  expect(loaded.length).toBeGreaterThanOrEqual(3)
  for (const path of loaded) {
    expect(path).toMatch(/^\/[\w./-]+$/)
    const { status, headers } = await ask(path)
    const type = { js: 'text/javascript; charset=utf-8', css: 'text/css; charset=utf-8' }
    const [, ending = ''] = /\.(\w+)$/.exec(path) ?? []
    const wanted = { ...type, svg: 'image/svg+xml' }
    expect([path, status, headers.get('content-type')]).toEqual([path, 200, Object(wanted)[ending]])
  }
})

test('a file whose type it does not know is handed out as bytes, not as a page', async () => {
  const folder = temporaryFolder()
  mkdirSync(join(folder, 'dist'))
  writeFileSync(join(folder, 'dist/index.html'), '<title>Front end</title>')
  writeFileSync(join(folder, 'dist/a.bin'), '<script>alert(1)</script>')
  copyFileSync('templates/web/server.ts', join(folder, 'server.ts'))
  const copy = await import(pathToFileURL(join(folder, 'server.ts')).href)
  const { headers } = copy.web({ apiOrigin }).fetch(new Request('http://localhost:3001/a.bin'))
  expect(headers.get('content-type')).toBe('application/octet-stream')
})

test('what a build named by its content is kept for good, the page is asked for each time', async () => {
  for (const path of await assets()) {
    const kept = (await ask(path)).headers.get('cache-control')
    expect([path, kept]).toEqual([
      path,
      path.startsWith('/assets/') ? 'public, max-age=31536000, immutable' : 'no-cache',
    ])
  }
  expect((await ask('/log-in')).headers.get('cache-control')).toBe('no-cache')
})

test('whoever takes gzip gets it, and nobody else', async () => {
  const [script = ''] = (await assets()).filter((path) => path.endsWith('.js'))
  const packed = await ask(script, { headers: { 'accept-encoding': 'br, gzip' } })
  expect(packed.headers.get('content-encoding')).toBe('gzip')
  const plain = await ask(script)
  expect(plain.headers.get('content-encoding')).toBe(null)
  for (const { headers } of [packed, plain]) expect(headers.get('vary')).toBe('Accept-Encoding')
})

test('a page is read and nothing else: other methods are refused', async () => {
  for (const path of ['/', '/nowhere', ...(await assets())]) {
    const head = await ask(path, { method: 'HEAD' })
    expect([head.status, head.text]).toEqual([200, ''])
    for (const method of ['POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']) {
      const { status, headers } = await ask(path, { method })
      expect([method, status, headers.get('allow')]).toEqual([method, 405, 'GET, HEAD'])
    }
  }
})

test('every answer is under one strict policy', async () => {
  const unknown = ['/nowhere.js', '/.well-known/change-password', '/.well-known/nowhere']
  const paths = ['/', '/reset-password', ...unknown, ...(await assets())]
  for (const [path, method] of paths.flatMap((path) => [
    [path, 'GET'],
    [path, 'POST'],
  ])) {
    const { headers } = await ask(path ?? '', { method: method ?? '' })
    expect(Object.fromEntries(headers)).toMatchObject({
      'content-security-policy':
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src http://localhost:3000; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'",
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-resource-policy': 'same-origin',
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
    })
  }
})

test('the page has nothing that the policy would stop', async () => {
  const { text } = await ask('/')
  expect(text).not.toMatch(/<script(?![^>]* src="\/)|<style|\sstyle=|\son\w+=/i)
})

test('the page knows which API to speak to, and where its session is', async () => {
  const { text } = await ask('/')
  expect(text).toContain('<meta name="api-origin" content="http://localhost:3000">')
  expect(text).toContain('<meta name="session" content="token">')
  const cookie = await read(
    web({ apiOrigin, session: 'cookie' }).fetch(new Request('http://localhost:3001/')),
  )
  expect(cookie.text).toContain('<meta name="session" content="cookie">')
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
  'http://LOCALHOST:3000',
  'http://localhost:80',
  'http://localhost:99999',
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
