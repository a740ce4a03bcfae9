// How a session begins and ends for a client, its tabs and its storage: once, and for the right one.
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { createClient, inMemory, inWebStorage, type TokenStorage } from 'latchkey/client'
import { expect, onTestFinished, test, vi } from 'vitest'
import { ann, bearer, type Server, signUp, startServer } from '../harness.ts'
import { sessionsOf } from '../http/cookie-session.ts'
import {
  answering,
  api,
  bob,
  changesOf,
  clientOf,
  holding,
  openTabs,
  refused,
  turns,
  webStorage,
} from './client-harness.ts'

const run = promisify(execFile)

/** Two tabs with one token, on a server where ann is signed up and logged in. */
async function twoTabs(server: Server, { between } = holding('')) {
  const session = { ...inMemory(), isShared: true }
  return { session, ...(await openTabs(server, { session, between })) }
}

/** The storage of another tab, which shows what was written here when it is let. */
function lagging(written: TokenStorage) {
  let seen: string | null = null
  const session: TokenStorage = {
    read: () => seen,
    async write(token) {
      seen = token
      await written.write(token)
    },
    isShared: true,
  }
  const show = async () => {
    seen = await written.read()
  }
  return { session, show }
}

/** Runs a script in a process that has web storage, as Node 24 has with a flag and later ones without. */
async function runWithWebStorage(script: string): Promise<{ stdout: string; stderr: string }> {
  const flags = ['--experimental-webstorage', '--conditions=source', '--input-type=module']
  const { stdout, stderr } = await run(process.execPath, [...flags, '--eval', script])
  return { stdout, stderr }
}

/** Keeps a token as long as nothing is wrong, which a test says. */
function fragile() {
  const kept = inMemory()
  const fault = { at: 'nothing' as 'nothing' | 'read' | 'write' | 'forget' }
  const session: TokenStorage = {
    read() {
      if (fault.at === 'read') throw new Error('locked')
      return kept.read()
    },
    async write(token) {
      if (fault.at === (token === null ? 'forget' : 'write')) throw new Error('full')
      await kept.write(token)
    },
    isShared: false,
  }
  return { session, fault, kept }
}

test('a token in web storage outlives the client, and goes with the session', async () => {
  const storage = webStorage()
  const server = await startServer()
  const session = inWebStorage(storage)
  await clientOf(server, { session }).client.registrations.create(ann)
  const { client } = clientOf(server, { session: inWebStorage(storage) })
  expect((await client.user.show()).user.email_address).toBe(ann.email_address)
  await client.session.delete()
  expect(storage.kept.size).toBe(0)
})

test('web storage is looked up by its name when it is needed, and where there is none it is said', async () => {
  const client = createClient(api, { session: inWebStorage('sessionStorage') })
  expect((await refused(client.user.show())).code).toBe('storage_failed')
  vi.stubGlobal('window', { sessionStorage: webStorage() })
  onTestFinished(() => void vi.unstubAllGlobals())
  expect(await client.mayBeSignedIn()).toBe(false)
})

test('the storage that Node itself has, from 25 on, holds no session: all whom a server serves would share it', async () => {
  const script = `
    import { createClient, inWebStorage } from 'latchkey/client'
    const fetch = async () => Response.json({ token: 'of ann' })
    const visit = () =>
      createClient('https://api.example.com', { session: inWebStorage('sessionStorage'), fetch })
    const ann = { email_address: 'ann@example.com', password: 'correct horse battery' }
    await visit().session.create(ann).catch(({ code }) => console.log(code))
    console.log(sessionStorage.length, await visit().mayBeSignedIn().catch(({ code }) => code))`
  expect((await runWithWebStorage(script)).stdout).toBe('storage_failed\n0 storage_failed\n')
})

test('nor is it looked at for a session that is kept elsewhere: Node would warn that it has no file', async () => {
  const script = `
    import { createClient, inCookie, inWebStorage } from 'latchkey/client'
    const kept = { getItem: () => null, setItem() {}, removeItem() {} }
    for (const session of [inCookie(), inWebStorage(kept)]) {
      console.log(await createClient('https://api.example.com', { session }).mayBeSignedIn())
    }`
  expect(await runWithWebStorage(script)).toEqual({ stdout: 'true\nfalse\n', stderr: '' })
})

test('what one tab does to a shared session, the others hear', async () => {
  const server = await startServer()
  const { client: stranger } = clientOf(server)
  const unheard = changesOf(stranger)
  const { one, heard } = await twoTabs(server)
  await one.client.session.delete()
  await vi.waitFor(() => expect(heard).toEqual(['signed_out']))
  expect(unheard).toEqual([])
})

test('an answer to the session before does not end the one that began meanwhile', async () => {
  const server = await startServer()
  const late = holding('GET /v1/events')
  const { client } = clientOf(server, { between: late.between })
  await client.registrations.create(ann)
  await signUp(server, bob)
  await server.auth.revokeSessions((await client.user.show()).user.id)
  const asked = client.events.list()
  await client.session.create(bob)
  late.letGo()
  expect((await refused(asked)).code).toBe('invalid_token')
  expect((await client.user.show()).user.email_address).toBe(bob.email_address)
})

test('nor does one tab’s end the session that another logged in', async () => {
  const server = await startServer()
  const late = holding('GET /v1/user')
  const { one, other, heard } = await twoTabs(server, late)
  await signUp(server, bob)
  await other.client.sessions.deleteOthers()
  await server.auth.revokeSessions((await other.client.user.show()).user.id)
  const asked = one.client.user.show()
  await late.arrived
  await other.client.session.create(bob)
  late.letGo()
  expect((await refused(asked)).code).toBe('invalid_token')
  expect(heard).toEqual(['signed_in'])
  expect((await other.client.user.show()).user.email_address).toBe(bob.email_address)
})

test('while one tab is given a new token, another that has the old one is not logged out', async () => {
  const server = await startServer()
  const late = holding('PUT /v1/session/token')
  const { one, other, heard } = await twoTabs(server, late)
  const rotating = one.client.session.rotate()
  await late.arrived
  const asked = refused(other.client.user.show())
  await vi.waitFor(() => expect(other.sent.at(-1)?.status).toBe(401))
  await turns()
  late.letGo()
  await rotating
  expect((await asked).code).toBe('invalid_token')
  expect(heard).toEqual([])
  expect((await other.client.user.show()).user.email_address).toBe(ann.email_address)
})

test('nor where its storage shows the new token a moment after everything else', async () => {
  const server = await startServer()
  const written = { ...inMemory(), isShared: true }
  const { session, show } = lagging(written)
  const one = clientOf(server, { session: written })
  const other = clientOf(server, { session })
  await one.client.registrations.create(ann)
  await show()
  await one.client.session.rotate()
  const heard = changesOf(other.client)
  const asked = refused(other.client.user.show())
  await vi.waitFor(() => expect(other.sent).toHaveLength(1))
  await turns()
  await show()
  expect((await asked).code).toBe('invalid_token')
  expect(heard).toEqual([])
  expect((await other.client.user.show()).user.email_address).toBe(ann.email_address)
})

test('of a log-in a tab hears when its storage shows the token', async () => {
  const server = await startServer()
  const written = { ...inMemory(), isShared: true }
  const { session, show } = lagging(written)
  const one = clientOf(server, { session: written })
  const other = clientOf(server, { session })
  expect(await other.client.mayBeSignedIn()).toBe(false)
  const heard = new Promise((resolve) => {
    onTestFinished(other.client.listen(resolve))
  }).then(() => other.client.user.show())
  const messages = new BroadcastChannel(`latchkey ${api}`)
  onTestFinished(() => messages.close())
  const told = new Promise((resolve) => messages.addEventListener('message', resolve))
  await one.client.registrations.create(ann)
  await told
  await turns()
  await show()
  expect((await heard).user.email_address).toBe(ann.email_address)
  expect(other.sent).toHaveLength(1)
})

test('two rotations at once come one after the other, and the session lives', async () => {
  const server = await startServer()
  const { one, other, heard } = await twoTabs(server)
  await Promise.all([one.client.session.rotate(), other.client.session.rotate()])
  await one.client.user.show()
  expect(heard).toEqual([])
})

test('whoever logs out while a new token is on its way is logged out, of that one too', async () => {
  const server = await startServer()
  const late = holding('PUT /v1/session/token')
  const { session, one, other } = await twoTabs(server, late)
  const rotating = one.client.session.rotate()
  await late.arrived
  await other.client.session.delete()
  late.letGo()
  await rotating
  expect(await session.read()).toBeNull()
  await vi.waitFor(async () => expect(await sessionsOf(server)).toBe(0))
})

test('a log-in ends the session whose place it takes: nobody has its token any more', async () => {
  const server = await startServer()
  const { client, lines } = clientOf(server)
  await client.registrations.create(ann)
  await client.session.create(ann)
  await vi.waitFor(async () => expect(await sessionsOf(server)).toBe(1))
  expect((await client.session.show()).user.email_address).toBe(ann.email_address)
  // The row is gone before the answer is here.
  const all = ['DELETE /v1/session', 'GET /v1/session', 'POST /v1/session']
  await vi.waitFor(() => expect(lines().slice(1).sort()).toEqual(all))
})

test('to log out needs no network: the token is forgotten first, and the caller hears the rest', async () => {
  const { client, fetch } = answering(Response.json({ token: 'lks_x', user: {} }), null)
  const changes = changesOf(client)
  await client.session.create(ann)
  const leaving = client.session.delete()
  expect((await refused(leaving)).code).toBe('unreachable')
  expect(changes).toEqual(['signed_in', 'signed_out'])
  expect(await client.mayBeSignedIn()).toBe(false)
  expect(fetch).toHaveBeenCalledTimes(2)
  expect(fetch.mock.lastCall?.[1]).toMatchObject({ method: 'DELETE', keepalive: true })
})

test('a request that is under way at the log-out ends nothing a second time', async () => {
  const server = await startServer()
  const late = holding('GET /v1/user')
  const { client } = clientOf(server, { between: late.between })
  await client.registrations.create(ann)
  const changes = changesOf(client)
  await server.auth.revokeSessions((await client.session.show()).user.id)
  const asked = refused(client.user.show())
  await late.arrived
  await client.session.delete()
  late.letGo()
  expect((await asked).code).toBe('invalid_token')
  expect(changes).toEqual(['signed_out'])
})

test.each([
  ['a code of the application’s own', 422, 'invalid_token'],
  ['a proxy that takes the header away', 401, 'unauthenticated'],
  ['wrong credentials', 401, 'invalid_credentials'],
])('%s ends no session', async (_what, status, code) => {
  const { client } = answering(
    Response.json({ token: 'lks_x' }),
    Response.json({ code }, { status }),
  )
  await client.session.create(ann)
  const changes = changesOf(client)
  expect((await refused(client.fetch('/v1/invitations'))).code).toBe(code)
  expect(changes).toEqual([])
  expect(await client.mayBeSignedIn()).toBe(true)
})

test('where the token cannot be read, nothing is sent, and nobody is logged out', async () => {
  const server = await startServer()
  const { session, fault } = fragile()
  const { client, sent } = clientOf(server, { session })
  await client.registrations.create(ann)
  const changes = changesOf(client)
  fault.at = 'read'
  for (const ask of [client.user.show, client.mayBeSignedIn, client.session.rotate]) {
    expect(await refused(ask())).toMatchObject({ code: 'storage_failed', status: 0 })
  }
  expect(sent).toHaveLength(1)
  fault.at = 'nothing'
  expect((await client.user.show()).user.email_address).toBe(ann.email_address)
  expect(changes).toEqual([])
})

test('a session whose token cannot be kept is ended, and the log-in says why', async () => {
  const server = await startServer()
  const { session, fault } = fragile()
  const { client } = clientOf(server, { session })
  const changes = changesOf(client)
  fault.at = 'write'
  expect((await refused(client.registrations.create(ann))).code).toBe('storage_failed')
  await vi.waitFor(async () => expect(await sessionsOf(server)).toBe(0))
  expect(changes).toEqual([])
})

test('so is one whose new token cannot be kept: the old one is dead', async () => {
  const server = await startServer()
  const { session, fault } = fragile()
  const { client } = clientOf(server, { session })
  await client.registrations.create(ann)
  const changes = changesOf(client)
  fault.at = 'write'
  expect((await refused(client.session.rotate())).code).toBe('storage_failed')
  await vi.waitFor(async () => expect(await sessionsOf(server)).toBe(0))
  expect((await refused(client.user.show())).code).toBe('invalid_token')
  expect(changes).toEqual(['signed_out'])
})

test('a listener that fails is no reason to stay logged in, and other listeners and tabs hear of it', async () => {
  const server = await startServer()
  const { client, sent } = clientOf(server, { session: { ...inMemory(), isShared: true } })
  await client.registrations.create(ann)
  const fault = new Error('of a listener')
  const said = vi.spyOn(console, 'error').mockImplementation(() => {})
  onTestFinished(() => said.mockRestore())
  client.listen(() => {
    throw fault
  })
  const changes = changesOf(client)
  const messages = new BroadcastChannel(`latchkey ${api}`)
  onTestFinished(() => messages.close())
  const told = new Promise((resolve) => messages.addEventListener('message', resolve))
  await client.session.delete()
  expect(sent.at(-1)).toMatchObject({ line: 'DELETE /v1/session', status: 200 })
  expect(await sessionsOf(server)).toBe(0)
  expect(changes).toEqual(['signed_out'])
  expect(await told).toMatchObject({ data: 'signed_out' })
  await client.session.create(ann)
  expect(await sessionsOf(server)).toBe(1)
  expect(said.mock.calls).toEqual([[fault], [fault]])
})

test('a token that cannot be forgotten is dead all the same', async () => {
  const server = await startServer()
  const { session, fault, kept } = fragile()
  const { client } = clientOf(server, { session })
  await client.registrations.create(ann)
  const token = (await kept.read()) ?? ''
  const changes = changesOf(client)
  fault.at = 'forget'
  await client.session.delete()
  expect(changes).toEqual(['signed_out'])
  expect((await server.send('GET /v1/user', undefined, bearer(token))).status).toBe(401)
})

test('a client keeps no process alive, wherever its session is', async () => {
  const script = `
    import { createClient, inCookie, inMemory } from 'latchkey/client'
    createClient('https://api.example.com', { session: inCookie() }).listen(() => {})
    createClient('https://api.example.com', { session: { ...inMemory(), isShared: true } })
    console.log('done')`
  const flags = ['--conditions=source', '--input-type=module', '--eval', script]
  // Killed, it is no success.
  const { stdout } = await run(process.execPath, flags, { timeout: 10_000 })
  expect(stdout).toBe('done\n')
})
