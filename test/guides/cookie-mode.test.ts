// The guide to the cookie: its code compiles and does what its tables say.
import { cpSync } from 'node:fs'
import { join } from 'node:path'
import { type App, createApp } from 'latchkey/server'
import { expect, test } from 'vitest'
import { buildWeb } from '../../templates/web/build.ts'
import { ann, read, signUp, startServer } from '../harness.ts'
import { blocksOf, compile, packageFolder, said, shell } from './guide.ts'

const page = 'docs/guides/cookie-mode.md'
const [listed = ''] = blocksOf(page, 'sh')
const [own = '', client = '', pages = '', ...others] = blocksOf(page, 'ts')
const origin = 'https://app.example.com'

test('the servers and the client of the guide compile, and the pages are told to use the cookie', async () => {
  expect(others).toEqual([])
  await buildWeb()
  const asked = `
import { once } from 'node:events'
import { server } from './pages.ts'
await once(server, 'listening')
const { port } = server.address()
const text = await (await fetch('http://127.0.0.1:' + port)).text()
console.log(...text.match(/(?<=name="(?:api-origin|session)" content=")[^"]*/g))
process.exit()`
  const files = { 'own.ts': own, 'client.ts': client }
  const folder = packageFolder({ ...files, 'asked.js': asked })
  const web = packageFolder({ 'pages.ts': pages.replace('3001', '0'), 'asked.js': asked })
  cpSync('templates/web/server.ts', join(web, 'web/server.ts'))
  cpSync('templates/web/dist', join(web, 'web/dist'), { recursive: true })
  await compile(folder)
  await compile(web)
  expect(await said(web, 'asked.js')).toEqual([`https://api.example.com cookie`])
}, 60_000)

test('the variable of the guide is the list, and what is no origin stops the start', async () => {
  const { auth } = await startServer()
  expect(await shell(`${listed}echo $CORS_ORIGINS`)).toBe(`${origin}\n`)
  expect(() => createApp(auth, { corsOrigins: [`${origin}/`] })).toThrow(RangeError)
})

test('a route of the own server is changed by a listed page, and by no other', async () => {
  const { auth } = await startServer()
  const folder = packageFolder({ 'own.ts': own })
  const { build } = await import(join(folder, 'own.ts'))
  const app: App = build(auth)
  const fromPage = { origin, 'sec-fetch-site': 'same-site' }
  const post = async (path: string, headers: Record<string, string>, fields = {}) =>
    read(await app.request(path, { method: 'POST', headers, body: new URLSearchParams(fields) }))
  const cookieMode = { ...ann, transport: 'cookie' }
  const signedUp = await post('/v1/registrations', fromPage, cookieMode)
  const [cookie = ''] = signedUp.headers.get('set-cookie')?.split(';') ?? []
  const note = async (sent: Record<string, string>) => {
    const { status, headers, body } = await post('/notes', sent)
    return [status, body?.code, headers.get('access-control-allow-credentials')]
  }
  expect(cookie).toMatch(/^__Host-session=lks_/)
  expect(await note({ cookie, ...fromPage })).toEqual([201, undefined, 'true'])
  const near = ['http://app.example.com', 'https://app.example.com:8443', 'https://www.example.com']
  for (const other of near) {
    expect((await note({ cookie, ...fromPage, origin: other })).slice(0, 2)).toEqual([403, 'csrf'])
  }
  // As curl sends it.
  expect((await note({ cookie })).slice(0, 2)).toEqual([403, 'csrf'])
  expect((await note({ origin }))[0]).toBe(401)
})

test('what the guide says of cookies on this machine is how they are set', async () => {
  for (const [mode, set] of [
    ['development', /^session=lks_\w+; (?!.*Secure)/],
    ['production', /^__Host-session=lks_\w+; .*Secure/],
  ] as const) {
    const server = await startServer({ app: { mode, corsOrigins: [origin] } })
    await signUp(server)
    const fields = { ...ann, transport: 'cookie' }
    const { headers } = await server.send('POST /v1/session', fields, { origin })
    expect(headers.get('set-cookie')).toMatch(set)
  }
})
