// The commands of the guide to API keys, from the first to the last, and what it says ends a key.
import { expect, test } from 'vitest'
import {
  ann,
  bearer,
  createApiKey,
  mailedToken,
  type Server,
  signUp,
  startServer,
  temporaryFolder,
  verifyAddress,
} from '../harness.ts'
import { blocksOf, listen, shell } from './guide.ts'

const page = 'docs/guides/first-api-key.md'
const [create = '', use = '', rotate = '', operate = '', ...others] = blocksOf(page, 'sh')

async function prepare() {
  const databaseUrl = `sqlite:${temporaryFolder()}/app.sqlite3`
  const server = await startServer({ databaseUrl, now: new Date() })
  const token = await signUp(server)
  await verifyAddress(server, token)
  const API = await listen(server.app)
  const env = { API, TOKEN: token, DATABASE_URL: databaseUrl }
  return { server, token, env, isLetIn: (key: string) => isLetIn(server, key) }
}

async function isLetIn({ send }: Server, key: string): Promise<boolean> {
  const { status } = await send('GET /v1/projects', undefined, bearer(key))
  expect([200, 401]).toContain(status)
  return status === 200
}

test('a key is created, used and rotated by the commands of the guide', async () => {
  expect(others).toEqual([])
  const { env, isLetIn } = await prepare()
  const told = await shell(
    `${create}${use}echo\n${rotate.replace('\nOLD=', '\necho\nOLD=')}echo $KEY $NEW`,
    { env },
  )
  const [list = '', keys = '', both = ''] = told.match(/^.+$/gm) ?? []
  expect(JSON.parse(list)).toEqual({ projects: [], next_cursor: null })
  expect(JSON.parse(keys).api_keys.map(({ name }: { name: string }) => name)).toEqual([
    'Nightly build 2',
    'Nightly build',
  ])
  const [old = '', next = ''] = both.split(' ')
  expect([await isLetIn(old), await isLetIn(next)]).toEqual([false, true])
  const [pattern = ''] = blocksOf(page, '')
  expect(next).toMatch(new RegExp(`^${pattern.trim()}$`))
}, 60_000)

test('an operator sees and revokes a key without a session', async () => {
  const { server, token, env, isLetIn } = await prepare()
  const { id, token: key } = await createApiKey(server, token)
  expect(await isLetIn(key)).toBe(true)
  const told = await shell(operate, { env: { ...env, ID: id } })
  expect(told).toContain('Nightly build')
  expect(told).not.toContain(key)
  expect(await isLetIn(key)).toBe(false)
}, 60_000)

test('what ends a key, and what leaves it, is what the table says', async () => {
  const { server, token, isLetIn } = await prepare()
  const own = bearer(token)
  const { token: key } = await createApiKey(server, token)
  const change = { password_challenge: ann.password, password: 'another horse battery' }
  await server.send('POST /v1/session', ann)
  expect((await server.send('DELETE /v1/sessions', undefined, own)).status).toBe(200)
  expect((await server.send('PUT /v1/password', change, own)).status).toBe(200)
  expect((await server.send('DELETE /v1/session', undefined, own)).status).toBe(200)
  expect(await isLetIn(key)).toBe(true)
  await server.send('POST /v1/passwords', { email_address: ann.email_address })
  await server.outbox.deliverDue()
  const reset = { token: mailedToken(server), password: 'a third horse battery' }
  expect((await server.send('PUT /v1/passwords', reset)).status).toBe(200)
  expect(await isLetIn(key)).toBe(false)
}, 60_000)
