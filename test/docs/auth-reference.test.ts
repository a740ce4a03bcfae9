// docs/reference/auth.md: every verb is in it, and its code does what the page says.
import { execFile } from 'node:child_process'
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import type { Auth, Authenticated } from 'latchkey/server'
import { expect, test } from 'vitest'
import {
  ann,
  bearer,
  createApiKey,
  signUp,
  signUpDirectly,
  startServer,
  temporaryFolder,
  verifyAddress,
} from '../harness.ts'
import { importHash, vectors } from '../imported-people.ts'

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

test('whoever passes on a client passes it last', () => {
  const calls = [...page.matchAll(/`(\w+\([^`]*\bclient\b[^`]*\))`/g)].map(([, call]) => call)
  expect(calls.length).toBeGreaterThan(20)
  expect(calls.filter((call) => !call?.endsWith('client)') || /client.*client/.test(call))).toEqual(
    [],
  )
})

// How each is called, and the event that says who did it.
const asOperator: Record<string, (auth: Auth, of: Authenticated) => Promise<unknown>> = {
  revokeSession: (auth, { session }) => auth.revokeSession(session),
  revokeSessions: (auth, { user }) => auth.revokeSessions(user.id),
  revokeAllSessions: (auth) => auth.revokeAllSessions(),
  async revokeApiKey(auth, { user }) {
    const [apiKey] = await auth.listApiKeys(user.id, { limit: 1, after: null })
    if (apiKey) await auth.revokeApiKey(apiKey)
  },
  revokeAllApiKeys: (auth) => auth.revokeAllApiKeys(),
  clearCounts: (auth, { user }) => auth.clearCounts({ account: user.id }),
  forgetImportedPasswords: (auth) => auth.forgetImportedPasswords(),
  banUser: (auth, { user }) => auth.banUser(user.id),
  async unbanUser(auth, { user }) {
    await auth.banUser(user.id)
    await auth.unbanUser(user.id)
  },
  deleteUser: (auth, { user }) => auth.deleteUser(user),
}

test('the verbs of an operator are those of the page, and the events say so', async () => {
  const row = page.split('\n').find((line) => line.includes('| an operator')) ?? ''
  const named = [...row.matchAll(/`(\w+)`/g)].map(([, name = '']) => name)
  expect(named.sort()).toEqual(Object.keys(asOperator).sort())
  for (const [name, call] of Object.entries(asOperator)) {
    const server = await startServer()
    const token = await signUp(server)
    const found = await server.auth.authenticate(token)
    if (!found) throw new Error('Nobody is logged in')
    const wanted = { name: 'Build', scopes: ['projects:read'], expiresAt: null }
    await verifyAddress(server, token)
    await server.auth.createApiKey(found, wanted)
    await server.auth.logIn({ emailAddress: ann.email_address, password: 'wrong' })
    const hash = vectors['$2b$ of bcrypt']?.hash ?? ''
    await importHash(server.database, { emailAddress: ann.email_address, hash })
    await call(server.auth, found)
    const [event] = await server.auth.listEvents(
      { userId: null, name: null },
      { limit: 1, after: null },
    )
    expect([name, event?.actor]).toEqual([name, 'operator'])
  }
})

test('a token that is handed out does wherever one is wanted, and so does its text', async () => {
  const { auth } = await startServer()
  const { session, token } = await signUpDirectly(auth, {
    emailAddress: ann.email_address,
    password: ann.password,
  })
  const second = await auth.rotateToken({ session, token })
  const third = second && (await auth.rotateToken({ session, token: second.reveal() }))
  expect(third && (await auth.authenticate(third))).toMatchObject({ session: { id: session.id } })
  expect([await auth.authenticate(token), second && (await auth.authenticate(second))]).toEqual([
    null,
    null,
  ])
})

test('after a break-in nobody is in any more, which a new password alone does not do', async () => {
  const server = await startServer()
  const token = await signUp(server)
  await verifyAddress(server, token)
  const key = await createApiKey(server, token)
  const user = await server.auth.findUser({ emailAddress: ann.email_address })
  if (!user) throw new Error('Nobody has the address')
  const password = 'staple battery correct'
  await server.auth.setPassword({ emailAddress: ann.email_address, password })
  const ask = async () => [
    (await server.send('GET /v1/user', undefined, bearer(token))).status,
    (await server.send('GET /v1/projects', undefined, bearer(key.token))).status,
  ]
  expect(await ask()).toEqual([200, 200])

  const { putIntrudersOut } = await compiled(code)
  await putIntrudersOut?.(server.auth, user, 'another battery staple')
  expect(await ask()).toEqual([401, 401])
  const log = (text: string) =>
    server.auth.logIn({ emailAddress: ann.email_address, password: text })
  expect([await log(password), await log('another battery staple')]).toEqual([
    null,
    expect.objectContaining({ user: expect.objectContaining({ id: user.id }) }),
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
