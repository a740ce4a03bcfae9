// A secret exists in the one answer that carries it: not in the database, its log, or ours.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createApp, createAuth, createLog, createStore, migrate } from 'latchkey/server'
import { openSqlite, sqliteMigrations } from 'latchkey/sqlite'
import { expect, onTestFinished, test } from 'vitest'
import { KeyEncryption } from '../src/core/signing-keys/key-encryption.ts'
import {
  accessTokens,
  ann,
  bearer,
  cheapHash,
  inCookie,
  ownPage,
  read,
  temporaryFolder,
} from './harness.ts'

test('no file of the database and no line of the log holds a password or a token', async () => {
  const folder = temporaryFolder()
  const database = await openSqlite(join(folder, 'test.sqlite3'))
  onTestFinished(() => database.close())
  await migrate(database, [sqliteMigrations])
  const lines: string[] = []
  const log = createLog({ mode: 'production', logLevel: 'info' }, (line) => void lines.push(line))
  const store = createStore(database)
  const apiKeys = { scopes: ['notes:read'] }
  const auth = createAuth({ store, passwordHash: cheapHash, apiKeys, accessTokens, log })
  const app = createApp(auth, { log })
  const send = async (line: string, body: object | null, headers = {}) => {
    const [method = '', path = ''] = line.split(' ')
    const json = { 'content-type': 'application/json', ...headers }
    const init = { method, headers: json, body: body && JSON.stringify(body) }
    const reply = await read(await app.request(path, init))
    const [, inBrowser = ''] =
      /^__Host-session=(\w+);/.exec(reply.headers.get('set-cookie') ?? '') ?? []
    return { ...reply.body, inBrowser }
  }

  const password = 'canary horse battery'
  const secrets = [password, 'canary wrong password', 'canary new password']
  const { token } = await send('POST /v1/registrations', { ...ann, password })
  const second = await send('POST /v1/session', { ...ann, password })
  secrets.push(token, second.token)
  await database.transaction((each) =>
    each.query('UPDATE users SET email_verified_at = $1', [new Date()]),
  )
  const wanted = { name: 'Nightly build', scopes: ['notes:read'] }
  const key = await send('POST /v1/api_keys', wanted, bearer(token))
  expect(key.token).toMatch(/^lkk_/)
  secrets.push(key.token)
  await send('GET /v1/session', null, bearer(key.token))
  const asked = { ...ann, password, transport: 'cookie' }
  const { inBrowser } = await send('POST /v1/session', asked, ownPage)
  const next = (await send('PUT /v1/session/token', null, inCookie(inBrowser))).inBrowser
  expect([inBrowser, next]).toEqual([
    expect.stringMatching(/^lks_/),
    expect.stringMatching(/^lks_/),
  ])
  secrets.push(inBrowser, next)
  await send('GET /v1/session', null, inCookie(inBrowser))
  await send('DELETE /v1/session', null, { ...inCookie(next), 'sec-fetch-site': 'cross-site' })
  await send('PATCH /v1/user', { email_address: 'x' }, inCookie(next))
  await send('GET /nowhere', null, inCookie(next))
  await send('DELETE /v1/session', null, inCookie(next))
  const { access_token } = await send(
    'POST /v1/access_tokens',
    { audience: 'billing' },
    bearer(token),
  )
  const [signing] = await store.listSigningKeys()
  const encryption = new KeyEncryption(accessTokens.keyEncryptionKey)
  const { d } = JSON.parse(await encryption.open(signing?.privateKey ?? '', signing?.id ?? ''))
  secrets.push(...String(access_token).split('.').slice(1), d)
  secrets.push(Buffer.from(accessTokens.keyEncryptionKey).toString('latin1'))
  await send('GET /v1/session', null, bearer(access_token))
  await send('POST /v1/session', { ...ann, password: 'canary wrong password' })
  await send('POST /v1/session', { ...ann, email_address: password, password })
  await send(`DELETE /v1/session?token=${token}`, null, bearer(token))
  await send(`GET /v1/${second.token}`, null, bearer(second.token))
  await send('PUT /v1/session', { password }, bearer(second.token))
  await auth.setPassword({ emailAddress: ann.email_address, password: 'canary new password' })
  auth.config.store.findSession = async (digest) => {
    throw new Error(`The database said no to ${digest.length} bytes`)
  }
  expect((await send('GET /v1/session', null, bearer(second.token))).code).toBe('internal_error')

  await auth.flush()
  const files = readdirSync(folder).map((file) => readFileSync(join(folder, file), 'latin1'))
  expect(files.length).toBeGreaterThanOrEqual(2)
  expect(lines.length).toBeGreaterThanOrEqual(6)
  const everything = [...files, ...lines].join('\n')
  expect(everything).toContain('ann@example.com')
  for (const secret of secrets) {
    expect(everything).not.toContain(secret)
    expect(everything).not.toContain(secret.slice(4, 30))
    expect(everything).not.toContain(Buffer.from(secret).toString('base64').slice(0, 20))
  }
})
