// docs/reference/auth.md: every verb is in it, and its code does what the page says.
import { execFile } from 'node:child_process'
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { parseEmailAddress } from 'latchkey/server'
import { expect, test } from 'vitest'
import { ann, bearer, signUp, startServer, temporaryFolder } from './harness.ts'

const run = promisify(execFile)
const page = readFileSync('docs/reference/auth.md', 'utf8')
const [, code = ''] = /```ts\n([\s\S]*?)```/.exec(page) ?? []

test('the page has every verb, and no other', async () => {
  const { auth } = await startServer()
  const rows = page.match(/^\| `.*$/gm) ?? []
  const first = rows.map((row) => row.split(' | ')[0] ?? '')
  const named = first.flatMap((cell) => [...cell.matchAll(/`(\w+)/g)].map(([, name = '']) => name))
  // Those of the table of who acts are named again.
  expect([...new Set(named)].sort()).toEqual(Object.keys(auth).sort())
})

test('whose verbs without a client are an operator’s is what the events say', async () => {
  const server = await startServer()
  const token = await signUp(server)
  const { user, session } = (await server.auth.authenticate(token)) ?? {}
  if (!user || !session) throw new Error('Nobody is logged in')
  await server.auth.revokeSession(session)
  await server.auth.banUser(user.id)
  await server.auth.unbanUser(user.id)
  await server.auth.logIn({ emailAddress: ann.email_address, password: ann.password })
  const events = await server.auth.listEvents(
    { userId: user.id, name: null },
    { limit: 4, after: null },
  )
  expect(events.map(({ name, actor }) => [name, actor])).toEqual([
    ['authn_login_success', 'user'],
    ['user_updated', 'operator'],
    ['authn_login_lock', 'operator'],
    ['session_expired', 'operator'],
  ])
})

test('after a break-in nobody is in any more, which a new password alone does not do', async () => {
  const server = await startServer()
  const token = await signUp(server)
  const emailAddress = parseEmailAddress(ann.email_address)
  const known = emailAddress && (await server.auth.config.store.findCredentials(emailAddress))
  if (!known) throw new Error('Nobody has the address')
  const password = 'staple battery correct'
  await server.auth.setPassword({ emailAddress: ann.email_address, password })
  const ask = () => server.send('GET /v1/user', undefined, bearer(token))
  expect((await ask()).status).toBe(200)

  const { putIntrudersOut } = await compiled(code)
  await putIntrudersOut?.(server.auth, known.user, 'another battery staple')
  expect((await ask()).status).toBe(401)
  const log = (text: string) =>
    server.auth.logIn({ emailAddress: ann.email_address, password: text })
  expect([await log(password), await log('another battery staple')]).toEqual([
    null,
    expect.objectContaining({ user: expect.objectContaining({ id: known.user.id }) }),
  ])
})

/** The code of a page, under strict rules. */
async function compiled(text: string): Promise<Record<string, (...given: unknown[]) => unknown>> {
  const folder = temporaryFolder()
  mkdirSync(join(folder, 'node_modules'))
  symlinkSync(process.cwd(), join(folder, 'node_modules/latchkey'))
  symlinkSync(join(process.cwd(), 'node_modules/@types'), join(folder, 'node_modules/@types'))
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}')
  writeFileSync(join(folder, 'page.ts'), text)
  const extended = { extends: join(process.cwd(), 'tsconfig.json'), include: ['page.ts'] }
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(extended))
  await run('node_modules/.bin/tsc', ['--project', folder])
  return import(pathToFileURL(join(folder, 'page.ts')).href)
}
