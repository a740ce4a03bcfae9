// The client whose session is in a cookie, against the server, with what a browser keeps.
import { inCookie } from 'latchkey/client'
import { expect, test, vi } from 'vitest'
import { ann, type Server, signUp, startServer } from '../harness.ts'
import { sessionsOf } from '../http/cookie-session.ts'
import {
  bob,
  changesOf,
  clientOf,
  holding,
  Jar,
  openTabs,
  refused,
  turns,
  webStorage,
} from './client-harness.ts'

/** Two tabs of one browser; whoever is in it is ann. */
async function twoTabs(server: Server, { between } = holding('')) {
  const [jar, storage] = [new Jar(), webStorage()]
  const tabs = await openTabs(server, { session: inCookie(storage), jar, between })
  return { jar, storage, ...tabs }
}

test('sign-up, log-in, rotation and log-out: the browser has the token, and no script', async () => {
  const server = await startServer()
  const jar = new Jar()
  const storage = webStorage()
  const { client, sent } = clientOf(server, { session: inCookie(storage), jar })
  const changes = changesOf(client)
  const { outcome } = await client.registrations.create(ann)
  expect([outcome, jar.isEmpty]).toEqual(['signed_up', false])
  await client.session.rotate()
  expect((await client.session.show()).user.email_address).toBe(ann.email_address)
  await client.session.delete()
  expect([jar.isEmpty, await client.mayBeSignedIn(), await sessionsOf(server)]).toEqual([
    true,
    false,
    0,
  ])
  await client.session.create(ann)
  expect([jar.isEmpty, await client.mayBeSignedIn()]).toEqual([false, true])
  await client.user.delete()
  expect(jar.isEmpty).toBe(true)
  expect(changes).toEqual(['signed_in', 'signed_out', 'signed_in', 'signed_out'])
  for (const { init } of sent) {
    expect([init.credentials, init.redirect]).toEqual(['include', 'error'])
    expect(new Headers(init.headers).has('authorization')).toBe(false)
  }
  expect([...storage.kept.values()].join()).not.toMatch(/lk[a-z]_/)
})

test('of twenty requests that find the session dead, one says so, and the next page asks nobody', async () => {
  const server = await startServer()
  const { one, storage, heard } = await twoTabs(server)
  const { client } = one
  await server.auth.revokeSessions((await client.user.show()).user.id)
  const changes = changesOf(client)
  const asked = await Promise.allSettled(Array.from({ length: 20 }, () => client.user.show()))
  expect(asked.filter(({ status }) => status === 'fulfilled')).toEqual([])
  expect(changes).toEqual(['signed_out'])
  await vi.waitFor(() => expect(heard).toEqual(['signed_out']))
  const next = clientOf(server, { session: inCookie(storage) })
  expect(await next.client.mayBeSignedIn()).toBe(false)
})

test('while one tab is given a new cookie, another that sends the old one is not logged out', async () => {
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

test('a page that forgot what it remembered asks, and is still logged in', async () => {
  const server = await startServer()
  const { jar } = await twoTabs(server)
  const { client } = clientOf(server, { session: inCookie(webStorage()), jar })
  expect(await client.mayBeSignedIn()).toBe(true)
  expect((await client.session.show()).user.email_address).toBe(ann.email_address)
})

test('a page that may remember nothing asks each time, and does the rest as well', async () => {
  const broken = () => {
    throw new Error('forbidden')
  }
  const hint = { getItem: broken, setItem: broken, removeItem: broken }
  const { client } = clientOf(await startServer(), { session: inCookie(hint), jar: new Jar() })
  expect(await client.mayBeSignedIn()).toBe(true)
  await client.registrations.create(ann)
  await client.session.delete()
  expect(await client.mayBeSignedIn()).toBe(true)
})

test('a cookie stays where nobody can be asked to take it back, and the caller hears that', async () => {
  const server = await startServer()
  const { jar, storage } = await twoTabs(server)
  const between = () => async () => {
    throw new TypeError('fetch failed')
  }
  const { client } = clientOf(server, { session: inCookie(storage), jar, between })
  const changes = changesOf(client)
  expect((await refused(client.session.delete())).code).toBe('unreachable')
  expect([changes, await client.mayBeSignedIn(), jar.isEmpty]).toEqual([[], true, false])
})

test('whoever logs out while a new cookie is on its way is logged out, of that one too', async () => {
  const server = await startServer()
  const late = holding('PUT /v1/session/token')
  const { jar, one, other } = await twoTabs(server, late)
  const rotating = one.client.session.rotate()
  await late.arrived
  const leaving = other.client.session.delete()
  await turns()
  late.letGo()
  await Promise.all([rotating, leaving])
  expect([jar.isEmpty, await sessionsOf(server)]).toEqual([true, 0])
})

test('a late answer does not end the session that another tab logged in', async () => {
  const server = await startServer()
  const late = holding('GET /v1/user')
  const { one, other } = await twoTabs(server, late)
  await signUp(server, bob)
  await server.auth.revokeSessions((await other.client.user.show()).user.id)
  const changes = changesOf(one.client)
  const asked = refused(one.client.user.show())
  await late.arrived
  await other.client.session.create(bob)
  late.letGo()
  expect((await asked).code).toBe('invalid_token')
  expect(changes.filter((each) => each === 'signed_out')).toEqual([])
  expect((await other.client.session.show()).user.email_address).toBe(bob.email_address)
})

test('a page that may not act by the cookie is told so, and logs nobody out', async () => {
  const server = await startServer()
  const { jar, one, heard } = await twoTabs(server)
  jar.page = { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' }
  const { session, sessions } = one.client
  for (const ask of [() => session.create(ann), sessions.deleteOthers]) {
    expect(await refused(ask())).toMatchObject({ code: 'csrf', status: 403 })
  }
  expect((await refused(one.client.session.delete())).code).toBe('csrf')
  expect(heard).toEqual([])
  expect((await one.client.user.show()).user.email_address).toBe(ann.email_address)
})

test('with CORS a listed origin acts by the cookie as well', async () => {
  const frontEnd = 'https://app.example.com'
  const server = await startServer({ app: { corsOrigins: [frontEnd] } })
  const jar = new Jar()
  jar.page = { 'sec-fetch-site': 'same-site', origin: frontEnd }
  const { client } = clientOf(server, { session: inCookie(webStorage()), jar })
  await client.registrations.create(ann)
  await client.session.delete()
  expect([jar.isEmpty, await sessionsOf(server)]).toEqual([true, 0])
})

test('whoever is nobody hears it, and their next page does not ask', async () => {
  const storage = webStorage()
  const server = await startServer()
  const visitor = clientOf(server, { session: inCookie(storage), jar: new Jar() })
  const changes = changesOf(visitor.client)
  expect((await refused(visitor.client.session.show())).code).toBe('unauthenticated')
  const next = clientOf(server, { session: inCookie(storage), jar: new Jar() })
  expect(await next.client.mayBeSignedIn()).toBe(false)
  expect(visitor.lines()).toEqual(['GET /v1/session', 'GET /v1/session'])
  expect(changes).toEqual(['signed_out'])
})
