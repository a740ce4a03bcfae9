// The client and the template for phones, in a process without DOM, cookies and Origin that can be killed,
// beside a real server over a socket.
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { AuthError, nodeServer } from 'latchkey/server'
import { expect, onTestFinished, test, vi } from 'vitest'
import { fetchWithin } from '../../templates/mobile/fetch-within.ts'
import { inSecureStorage } from '../../templates/mobile/secure-storage.ts'
import { ann, startServer } from '../harness.ts'
import { startTcpProxy } from '../tcp-proxy.ts'
import { emptyVault, startPhone } from './phone-process.ts'

const newPassword = 'battery staple correct'

/** The server on a socket, what came over it, and a way to it that can be broken. */
async function publish({ app }: { app: Parameters<typeof nodeServer>[0] }) {
  const requests: { line: string; headers: Record<string, unknown> }[] = []
  const cookies: unknown[] = []
  const http = nodeServer(app)
  http.prependListener('request', (request, response) => {
    requests.push({ line: `${request.method} ${request.url}`, headers: request.headers })
    response.on('finish', () => cookies.push(response.getHeader('set-cookie')))
  })
  http.listen(0, '127.0.0.1')
  await once(http, 'listening')
  onTestFinished(() => void http.close())
  const network = await startTcpProxy(Object(http.address()).port)
  return { api: `http://127.0.0.1:${network.port}`, network, requests, cookies }
}

async function prepare() {
  const server = await startServer({ app: { log: { info() {}, error() {} } } })
  const published = await publish(server)
  const vault = emptyVault()
  const kept = () => Object.values<string>(JSON.parse(readFileSync(vault, 'utf8')))
  return { ...published, server, vault, kept, phone: startPhone(published.api, vault) }
}

test('a phone has no page, no cookies, no storage of a browser and no clock to rely on', async () => {
  const { phone } = await prepare()
  const globals = await phone.ask('globals')
  for (const absent of [
    ...['document', 'window', 'location', 'navigator', 'localStorage', 'sessionStorage'],
    ...['BroadcastChannel', 'crypto', 'process', 'Buffer', 'URL', 'AbortSignal', 'Response'],
  ]) {
    expect(globals).not.toContain(absent)
  }
  expect(await phone.ask('clock')).toBe('1970-01-01T00:00:00.000Z')
})

test('all flows work on it, and no request has a cookie, an origin or a token in its address', async () => {
  const { phone, server, requests, cookies, kept } = await prepare()
  expect(await phone.ask('restore')).toEqual({ status: 'signed_out' })
  expect(requests).toEqual([])
  expect(await phone.ask('signUp', ann)).toMatchObject({ outcome: 'signed_up' })
  expect(kept()).toEqual([expect.stringMatching(/^lks_/)])
  await phone.ask('nameDevice', 'Ann’s telephone')
  expect(await phone.ask('createProject', 'Garden')).toBe(201)
  expect(await phone.ask('countProjects')).toBe(1)

  const tablet = startPhone((await publish(server)).api)
  await tablet.ask('logIn', ann)
  const { sessions } = await phone.ask('devices')
  expect(sessions.map(({ name, current }) => [name, current])).toEqual(
    expect.arrayContaining([
      ['Ann’s telephone', true],
      [expect.any(String), false],
    ]),
  )
  const [before] = kept()
  await phone.ask('rotate')
  expect(kept()).not.toContain(before)
  await phone.ask('changePassword', { password_challenge: ann.password, password: newPassword })
  expect((await tablet.ask('restore')).status).toBe('signed_out')
  await tablet.ask('logIn', { ...ann, password: newPassword })
  expect(await phone.ask('revokeOthers')).toEqual({ revoked: 1 })

  await phone.ask('forgetPassword', ann.email_address)
  await server.outbox.deliverDue()
  const [link = ''] = /https:\S+/.exec(server.mailbox.mails[0]?.text ?? '') ?? []
  await phone.ask('resetPassword', link, ann.password)
  expect(await phone.ask('restore')).toEqual({ status: 'signed_out' })
  expect(kept()).toEqual([])
  await phone.ask('logIn', ann)
  expect(await phone.ask('logOut')).toBe('revoked')
  expect(kept()).toEqual([])

  for (const { line, headers } of requests) {
    expect(line).not.toMatch(/lk[rskv]_/)
    expect(Object.keys(headers)).not.toContain('cookie')
    expect(Object.keys(headers)).not.toContain('origin')
    expect(Object.keys(headers)).not.toContain('sec-fetch-site')
  }
  expect(new Set(cookies)).toEqual(new Set([undefined]))
})

test('an app that was killed starts with the session that its vault has kept', async () => {
  const { phone, api, vault } = await prepare()
  await phone.ask('signUp', ann)
  await phone.kill()
  expect(await startPhone(api, vault).ask('restore')).toMatchObject({
    status: 'signed_in',
    user: { email_address: ann.email_address },
  })
})

test('a server that cannot be reached at the start logs nobody out', async () => {
  const { phone, api, vault, network, kept } = await prepare()
  await phone.ask('signUp', ann)
  await phone.kill()
  const nobody = startPhone('http://127.0.0.1:1', vault)
  const offline = { status: 'offline', error: { code: 'unreachable' } }
  expect(await nobody.ask('restore')).toMatchObject(offline)
  const started = startPhone(api, vault)
  network.blackHole()
  expect(await started.ask('restore')).toMatchObject(offline)
  network.heal()
  expect((await started.ask('restore')).status).toBe('signed_in')
  expect(await started.ask('heard')).toEqual([])
  expect(kept()).toHaveLength(1)
})

test('nor does one whose database is away, or that broke', async () => {
  const { phone, server, kept } = await prepare()
  await phone.ask('signUp', ann)
  const { store } = server.auth.config
  const { findSession } = store
  for (const [error, status] of [
    [new AuthError('unavailable'), 503],
    [new Error('a fault'), 500],
  ] as const) {
    Object.assign(store, { findSession: () => Promise.reject(error) })
    expect(await phone.ask('restore')).toMatchObject({ status: 'offline', error: { status } })
  }
  Object.assign(store, { findSession })
  expect((await phone.ask('restore')).status).toBe('signed_in')
  expect(await phone.ask('heard')).toEqual(['signed_in'])
  expect(kept()).toHaveLength(1)
})

test('nor does a network that asks to log in to it first', async () => {
  const { phone, api, vault, kept } = await prepare()
  await phone.ask('signUp', ann)
  await phone.kill()
  const hotel = { fetch: async () => new Response('', { status: 401 }) }
  const { api: between } = await publish({ app: hotel })
  const offline = { status: 'offline', error: { code: 'unknown', status: 401 } }
  expect(await startPhone(between, vault).ask('restore')).toMatchObject(offline)
  expect(kept()).toHaveLength(1)
  expect((await startPhone(api, vault).ask('restore')).status).toBe('signed_in')
})

test('a session that another device revokes is over once, however many requests find out', async () => {
  const { phone, server, api, vault, kept } = await prepare()
  await phone.ask('signUp', ann)
  const tablet = startPhone((await publish(server)).api)
  await tablet.ask('logIn', ann)
  const { sessions } = await tablet.ask('devices')
  await tablet.ask('revoke', sessions.find(({ current }) => !current)?.id ?? '')
  expect(await phone.ask('countRefused', 20)).toBe(20)
  expect(await phone.ask('heard')).toEqual(['signed_in', 'signed_out'])
  expect(kept()).toEqual([])
  expect((await startPhone(api, vault).ask('restore')).status).toBe('signed_out')
})

test('a session that nobody used for 30 days is over when the app starts again', async () => {
  const { phone, server, kept } = await prepare()
  await phone.ask('signUp', ann)
  server.clock.advance({ hours: 719 })
  expect((await phone.ask('restore')).status).toBe('signed_in')
  server.clock.advance({ hours: 721 })
  expect((await phone.ask('restore')).status).toBe('signed_out')
  expect(kept()).toEqual([])
})

test('a vault that is locked at the start is not a log-out, and nothing is sent', async () => {
  const { phone, api, vault, requests } = await prepare()
  await phone.ask('signUp', ann)
  await phone.kill()
  const before = requests.length
  const started = startPhone(api, vault)
  await started.ask('breakVault', 'locked')
  expect(await started.ask('restore')).toMatchObject({ status: 'locked' })
  expect(requests).toHaveLength(before)
  await started.ask('breakVault', 'none')
  expect((await started.ask('restore')).status).toBe('signed_in')
})

test('a vault that takes nothing leaves the user logged in until the app ends, and the app is told', async () => {
  const { phone, api, vault, kept } = await prepare()
  await phone.ask('restore')
  await phone.ask('breakVault', 'locked')
  await phone.ask('signUp', ann)
  expect((await phone.ask('restore')).status).toBe('signed_in')
  expect(await phone.ask('heard')).toEqual([expect.stringMatching(/^not saved: /), 'signed_in'])
  expect(kept()).toEqual([])
  await phone.kill()
  expect((await startPhone(api, vault).ask('restore')).status).toBe('signed_out')
})

test('whoever logs in again needs nothing of a vault that can no longer be read', async () => {
  const { phone, api, vault, kept } = await prepare()
  await phone.ask('signUp', ann)
  await phone.kill()
  const started = startPhone(api, vault)
  await started.ask('breakVault', 'broken')
  expect((await started.ask('restore')).status).toBe('locked')
  await expect(started.ask('logIn', ann)).rejects.toThrow('The storage cannot be used')
  await started.ask('startOver')
  await started.ask('logIn', ann)
  expect((await started.ask('restore')).status).toBe('signed_in')
  expect(kept()).toHaveLength(1)
})

test('what was not forgotten at the log-out is dead all the same', async () => {
  const { phone, api, vault, kept } = await prepare()
  await phone.ask('signUp', ann)
  await phone.ask('breakVault', 'locked')
  expect(await phone.ask('logOut')).toBe('revoked')
  expect(await phone.ask('restore')).toEqual({ status: 'signed_out' })
  expect(kept()).toHaveLength(1)
  await phone.kill()
  const started = startPhone(api, vault)
  expect((await started.ask('restore')).status).toBe('signed_out')
  expect(await started.ask('heard')).toEqual(['signed_out'])
  expect(kept()).toEqual([])
})

test('to log out without a network forgets the token, and the session lives on', async () => {
  const { phone, server, network, kept } = await prepare()
  await phone.ask('signUp', ann)
  network.blackHole()
  expect(await phone.ask('logOut')).toBe('forgotten')
  expect(kept()).toEqual([])
  network.heal()
  expect((await phone.ask('restore')).status).toBe('signed_out')
  const tablet = startPhone((await publish(server)).api)
  await tablet.ask('logIn', ann)
  expect(await tablet.ask('revokeOthers')).toEqual({ revoked: 1 })
})

test.each([
  ['before the new token is written', 'dies before writing', 'signed_out'],
  ['once it is written', 'dies after writing', 'signed_in'],
] as const)('an app that dies %s: %s', async (_when, fault, status) => {
  const { phone, api, vault } = await prepare()
  await phone.ask('signUp', ann)
  await phone.ask('breakVault', fault)
  await expect(phone.ask('rotate')).rejects.toThrow('The app died')
  const started = startPhone(api, vault)
  expect((await started.ask('restore')).status).toBe(status)
  await started.ask('logIn', ann)
  expect((await started.ask('restore')).status).toBe('signed_in')
})

test('whoever leaves while the network is slow is not kept waiting, and stays logged in', async () => {
  const { phone, network, kept } = await prepare()
  await phone.ask('signUp', ann)
  network.blackHole()
  const asked = phone.ask('countProjects')
  await phone.ask('leave')
  await expect(asked).rejects.toThrow('left the page')
  network.heal()
  expect((await phone.ask('restore')).status).toBe('signed_in')
  expect(kept()).toHaveLength(1)
})

test('what writes and got no answer is unreachable after a second, and is not sent again', async () => {
  const { phone, network, requests } = await prepare()
  await phone.ask('signUp', ann)
  network.blackHole()
  await expect(phone.ask('createProject', 'Garden')).rejects.toMatchObject({ code: 'unreachable' })
  network.heal()
  expect(await phone.ask('countProjects')).toBe(0)
  expect(requests.filter(({ line }) => line === 'POST /v1/projects')).toEqual([])
})

test('whoever leaves ends the request that is under way, and one that has not begun', async () => {
  const never = (_url: string, { signal }: RequestInit) =>
    new Promise((_answered, refuse) => {
      if (signal?.aborted) refuse(signal.reason)
      signal?.addEventListener('abort', () => refuse(signal.reason))
    })
  vi.stubGlobal('fetch', never)
  onTestFinished(() => void vi.unstubAllGlobals())
  const leaving = new AbortController()
  const ask = () => fetchWithin(3_600)('https://api.example.com', { signal: leaving.signal })
  const asked = ask()
  leaving.abort(new Error('left the page'))
  await expect(asked).rejects.toThrow('left the page')
  await expect(ask()).rejects.toThrow('left the page')
})

/** A vault whose answers wait until they are let go, the last one first. */
function slowVault() {
  const waiting: PromiseWithResolvers<void>[] = []
  const kept = new Map<string, string>()
  const wait = () => {
    const turn = Promise.withResolvers<void>()
    waiting.push(turn)
    return turn.promise
  }
  return {
    kept,
    /** Lets go whatever waits, and what comes of it. */
    async letGo() {
      while (waiting.length > 0) {
        waiting.pop()?.resolve()
        await new Promise(setImmediate)
      }
    },
    async getItemAsync(key: string) {
      const token = kept.get(key) ?? null
      await wait()
      return token
    },
    setItemAsync: async (key: string, token: string) => {
      await wait()
      kept.set(key, token)
    },
    deleteItemAsync: async (key: string) => {
      await wait()
      kept.delete(key)
    },
  }
}

function onUnsaved(error: unknown): never {
  throw error
}

test('of what is written while the vault is slow the last stays, and no reading brings an older one back', async () => {
  const vault = slowVault()
  vault.kept.set('latchkey.token', 'old')
  const storage = inSecureStorage(vault, { onUnsaved })
  const reading = storage.read()
  const written = [storage.write('newer'), storage.write(null), storage.write('newest')]
  await vault.letGo()
  await Promise.all(written)
  expect([await reading, await storage.read()]).toEqual(['newest', 'newest'])
  expect([...vault.kept.values()]).toEqual(['newest'])
})
