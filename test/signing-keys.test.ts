// The keys behind access tokens: made, published, taken over from, taken away, and never to be read.
import { randomBytes } from 'node:crypto'
import { decodeProtectedHeader } from 'jose'
import { AuthError, createLog } from 'latchkey/server'
import { expect, test } from 'vitest'
import { askForAccessToken, isRevoked, issue, sidOf, verify } from './access-token.ts'
import {
  accessTokens,
  ann,
  bearer,
  emptyDatabaseUrl,
  type Server,
  signUp,
  startServer,
} from './harness.ts'

const kidOf = (accessToken: string) => decodeProtectedHeader(accessToken).kid

async function publishedBy({ send }: Server): Promise<string[]> {
  const { body } = await send('GET /.well-known/jwks.json')
  return body.keys.map(({ kid }: { kid: string }) => kid)
}

test('the first key is made for the first token, and until then nobody keeps that there is none', async () => {
  const server = await startServer()
  const none = await server.send('GET /.well-known/jwks.json')
  expect([none.body, none.headers.get('cache-control')]).toEqual([{ keys: [] }, 'no-store'])
  const kid = kidOf(await issue(server, await signUp(server)))
  const one = await server.send('GET /.well-known/jwks.json')
  expect(one.headers.get('cache-control')).toBe('public, max-age=300')
  const coordinate = expect.stringMatching(/^[\w-]{43}$/)
  const key = { kty: 'EC', crv: 'P-256', x: coordinate, y: coordinate, kid }
  expect(one.body).toEqual({ keys: [{ ...key, alg: 'ES256', use: 'sig' }] })
})

test('another key is published at once, and signs when everybody knows it', async () => {
  const server = await startServer()
  const token = await signUp(server)
  const first = kidOf(await issue(server, token))
  const second = await server.auth.rotateSigningKey({ signs: 'soon' })
  expect(await publishedBy(server)).toEqual([second, first])
  server.clock.advance({ minutes: 15, milliseconds: -1 })
  expect(kidOf(await issue(server, token))).toBe(first)
  server.clock.advance({ milliseconds: 1 })
  expect(kidOf(await issue(server, token))).toBe(second)
})

test('a key is published until the last token that it signed is accepted by nobody, and no longer', async () => {
  const server = await startServer()
  const token = await signUp(server)
  const first = kidOf(await issue(server, token))
  const second = await server.auth.rotateSigningKey({ signs: 'soon' })
  server.clock.advance({ minutes: 15, milliseconds: -1 })
  const last = await issue(server, token)
  expect(kidOf(last)).toBe(first)
  server.clock.advance({ minutes: 4, seconds: 59 })
  await verify(server, last)
  server.clock.advance({ minutes: 3, seconds: 1 })
  expect(await publishedBy(server)).toEqual([second, first])
  server.clock.advance({ milliseconds: 1 })
  expect(await publishedBy(server)).toEqual([second])
})

test('at no minute of two rotations is a token refused that has not expired', async () => {
  const url = await emptyDatabaseUrl()
  const servers = [await startServer({ databaseUrl: url }), await startServer({ databaseUrl: url })]
  const [one, other] = servers
  if (!one || !other) throw new Error('Two servers are needed')
  const token = await signUp(one)
  const kids = new Set()
  for (let minute = 0; minute < 60; minute++) {
    if (minute === 5 || minute === 25) await one.auth.rotateSigningKey({ signs: 'soon' })
    const issued = [await issue(one, token), await issue(other, token)]
    for (const each of issued) kids.add(kidOf(each))
    // By whichever the keys are fetched from, now and in the last second of their life.
    for (const server of servers) for (const each of issued) await verify(server, each)
    for (const { clock } of servers) clock.advance({ minutes: 4, seconds: 59 })
    for (const server of servers) for (const each of issued) await verify(server, each)
    for (const { clock } of servers) clock.advance({ minutes: -3, seconds: -59 })
  }
  expect(kids.size).toBe(3)
})

test('two servers that start on an empty database sign with one key', async () => {
  const url = await emptyDatabaseUrl()
  const one = await startServer({ databaseUrl: url })
  const other = await startServer({ databaseUrl: url })
  const token = await signUp(one)
  const issued = await Promise.all(
    Array.from({ length: 20 }, (_, index) => issue(index % 2 === 0 ? one : other, token)),
  )
  expect(new Set(issued.map(kidOf)).size).toBe(1)
  expect(await one.database.query('SELECT 1 FROM signing_keys')).toHaveLength(1)
  for (const each of issued) {
    await verify(one, each)
    await verify(other, each)
  }
})

test('what one server ends, the other has in its list at once', async () => {
  const url = await emptyDatabaseUrl()
  const one = await startServer({ databaseUrl: url })
  const other = await startServer({ databaseUrl: url })
  const token = await signUp(one)
  const sid = await sidOf(other, await issue(other, token))
  expect([await isRevoked(one, sid), await isRevoked(other, sid)]).toEqual([false, false])
  await one.send('DELETE /v1/session', undefined, bearer(token))
  expect([await isRevoked(one, sid), await isRevoked(other, sid)]).toEqual([true, true])
})

test('of two who make a key in the same moment one does', async () => {
  const url = await emptyDatabaseUrl()
  const servers = [await startServer({ databaseUrl: url }), await startServer({ databaseUrl: url })]
  const made = await Promise.all(
    servers.map(({ auth }) => auth.rotateSigningKey({ signs: 'at_once' })),
  )
  const listed = await servers[0]?.auth.listSigningKeys()
  expect(listed?.map(({ id }) => id).sort()).toEqual(made.filter((id) => id !== null).sort())
})

test('a key that is made for at once signs, before one that was made to wait and behind it', async () => {
  const server = await startServer()
  const token = await signUp(server)
  const first = kidOf(await issue(server, token))
  const waiting = await server.auth.rotateSigningKey({ signs: 'soon' })
  const now = await server.auth.rotateSigningKey({ signs: 'at_once' })
  expect(kidOf(await issue(server, token))).toBe(now)
  const statuses = async () =>
    (await server.auth.listSigningKeys()).map(({ id, status }) => [id, status])
  expect(await statuses()).toEqual([
    [now, 'signing'],
    [waiting, 'retiring'],
    [first, 'retiring'],
  ])
  server.clock.advance({ minutes: 16 })
  expect(kidOf(await issue(server, token))).toBe(now)
  expect(await statuses()).toEqual([
    [now, 'signing'],
    [waiting, 'retired'],
    [first, 'retired'],
  ])
})

test('a key that is taken away is published no more, and the one that signs cannot be', async () => {
  const server = await startServer()
  const token = await signUp(server)
  const leaked = await issue(server, token)
  const id = String(kidOf(leaked))
  expect(await server.auth.revokeSigningKey(id)).toBe('signing')
  await server.auth.rotateSigningKey({ signs: 'soon' })
  expect(await server.auth.revokeSigningKey(id)).toBe('signing')
  await verify(server, leaked)
  const next = await server.auth.rotateSigningKey({ signs: 'at_once' })
  expect(await publishedBy(server)).toContain(id)
  for (const { id } of await server.auth.listSigningKeys()) {
    expect(await server.auth.revokeSigningKey(id)).toBe(id === next ? 'signing' : 'revoked')
  }
  expect(await publishedBy(server)).toEqual([next])
  expect(kidOf(await issue(server, token))).toBe(next)
  await expect(verify(server, leaked)).rejects.toMatchObject({ code: 'ERR_JWKS_NO_MATCHING_KEY' })
  expect(await server.auth.revokeSigningKey(id)).toBe('unknown')
})

test('what another server did with the keys is known within a minute', async () => {
  const url = await emptyDatabaseUrl()
  const one = await startServer({ databaseUrl: url })
  const other = await startServer({ databaseUrl: url })
  const token = await signUp(one)
  const first = kidOf(await issue(one, token))
  expect(kidOf(await issue(other, token))).toBe(first)
  const second = await one.auth.rotateSigningKey({ signs: 'at_once' })
  expect(kidOf(await issue(one, token))).toBe(second)
  other.clock.advance({ minutes: 1 })
  expect(kidOf(await issue(other, token))).toBe(second)
})

test('a hundred tokens read the keys once, and of fifty first ones one makes the key', async () => {
  const server = await startServer()
  const token = await signUp(server)
  const { store } = server.auth.config
  const { listSigningKeys } = store
  let reads = 0
  store.listSigningKeys = () => {
    reads += 1
    return listSigningKeys()
  }
  await Promise.all(Array.from({ length: 50 }, () => issue(server, token)))
  // That there is none, and behind it the first.
  expect(reads).toBe(2)
  reads = 0
  for (let count = 0; count < 10; count++) {
    await Promise.all(Array.from({ length: 10 }, () => issue(server, token)))
    await publishedBy(server)
  }
  expect(reads).toBe(0)
  server.clock.advance({ minutes: 1 })
  await Promise.all(Array.from({ length: 10 }, () => issue(server, token)))
  expect(reads).toBe(1)
})

test('before there is a key, a flood of readers costs one query in a second', async () => {
  const url = await emptyDatabaseUrl()
  const server = await startServer({ databaseUrl: url })
  const other = await startServer({ databaseUrl: url })
  const { store } = server.auth.config
  const { listSigningKeys } = store
  let reads = 0
  store.listSigningKeys = () => {
    reads += 1
    return listSigningKeys()
  }
  for (let count = 0; count < 100; count++) expect(await publishedBy(server)).toEqual([])
  expect(reads).toBe(1)
  // What another server makes in that second is known behind it.
  const kid = kidOf(await issue(other, await signUp(other)))
  server.clock.advance({ seconds: 1 })
  expect(await publishedBy(server)).toEqual([kid])
  expect(reads).toBe(2)
})

test('of two servers that find no key at once one makes the first, and both sign with it', async () => {
  const url = await emptyDatabaseUrl()
  const one = await startServer({ databaseUrl: url })
  const other = await startServer({ databaseUrl: url })
  const token = await signUp(one)
  const { store } = one.auth.config
  const { listSigningKeys } = store
  const meanwhile = Promise.withResolvers<void>()
  store.listSigningKeys = async () => {
    const found = await listSigningKeys()
    await meanwhile.promise
    return found
  }
  const issuing = issue(one, token)
  const first = kidOf(await issue(other, token))
  meanwhile.resolve()
  expect(kidOf(await issuing)).toBe(first)
  expect((await one.auth.listSigningKeys()).map(({ id }) => id)).toEqual([first])
})

test('no row, no answer and no line of the log has the private part of a key, or a token', async () => {
  const lines: string[] = []
  const log = createLog({ mode: 'production', logLevel: 'info' }, (line) => void lines.push(line))
  const server = await startServer({ app: { log }, auth: { log } })
  const token = await signUp(server)
  const accessToken = await issue(server, token)
  const [row = []] = await server.database.query('SELECT public_key, private_key FROM signing_keys')
  expect(JSON.parse(String(row[0]))).toEqual({
    kty: 'EC',
    crv: 'P-256',
    x: expect.any(String),
    y: expect.any(String),
  })
  // A JWE for whoever has the key, under the name of the row.
  const header = JSON.parse(Buffer.from(String(row[1]).split('.')[0] ?? '', 'base64url').toString())
  expect(header).toEqual({ alg: 'dir', enc: 'A256GCM', kid: kidOf(accessToken) })
  const served = (await server.send('GET /.well-known/jwks.json')).text
  expect(served).not.toMatch(/"d"/)
  const { keyEncryptionKey } = accessTokens
  const tables = ['signing_keys', 'session_aliases', 'events', 'sessions']
  const rows = await Promise.all(
    tables.map((each) => server.database.query(`SELECT * FROM ${each}`)),
  )
  const everything = [served, JSON.stringify(rows), ...lines].join('\n')
  const [, payload = '', signature = ''] = accessToken.split('.')
  for (const secret of [
    payload,
    signature,
    keyEncryptionKey.toString('base64').slice(0, 20),
    keyEncryptionKey.toString('hex').slice(0, 20),
  ]) {
    expect(everything).not.toContain(secret)
  }
  expect(lines.length).toBeGreaterThan(2)
})

test('a private part that came into the public one of a row is not published', async () => {
  const databaseUrl = await emptyDatabaseUrl()
  const server = await startServer({ databaseUrl })
  await issue(server, await signUp(server))
  const [[publicKey] = []] = await server.database.query('SELECT public_key FROM signing_keys')
  const both = { ...JSON.parse(String(publicKey)), d: 'the private part' }
  await server.database.transaction((each) =>
    each.query('UPDATE signing_keys SET public_key = $1', [JSON.stringify(both)]),
  )
  // Another server, which has read no keys yet.
  const { send } = await startServer({ databaseUrl })
  const { body } = await send('GET /.well-known/jwks.json')
  const members = body.keys.map((key: object) => Object.keys(key).sort())
  expect(members).toEqual([['alg', 'crv', 'kid', 'kty', 'use', 'x', 'y']])
})

test('who has the database and another key signs nothing, is told which variable, and others verify on', async () => {
  const url = await emptyDatabaseUrl()
  const server = await startServer({ databaseUrl: url })
  const token = await signUp(server)
  const accessToken = await issue(server, token)
  const faults: string[] = []
  const error = (entry: Record<string, unknown>) =>
    void faults.push(String(Object(entry.err).cause))
  const other = await startServer({
    databaseUrl: url,
    auth: { accessTokens: { ...accessTokens, keyEncryptionKey: randomBytes(32) } },
    app: { log: { info() {}, error } },
  })
  const { status, body, headers } = await askForAccessToken(other, token)
  expect([status, body.code, headers.get('retry-after')]).toEqual([503, 'unavailable', '2'])
  expect(faults).toEqual([
    expect.stringMatching(/KEY_ENCRYPTION_KEY does not decrypt .*rotate --now/),
  ])
  await verify(other, accessToken)
  expect(await other.database.query('SELECT 1 FROM signing_keys')).toHaveLength(1)
  // Nothing was written that would say so.
  expect(await other.database.query('SELECT 1 FROM session_aliases')).toHaveLength(1)
  const { id } = (await other.send('GET /v1/session', undefined, bearer(token))).body.session
  expect(await other.auth.revokeSession({ id, userId: await whoIs(other, token) })).toBe(true)
})

async function whoIs({ send }: Server, token: string): Promise<string> {
  return (await send('GET /v1/user', undefined, bearer(token))).body.user.id
}

test('with another key of its own it signs again at once, and what was signed before still verifies', async () => {
  const url = await emptyDatabaseUrl()
  const server = await startServer({ databaseUrl: url })
  const token = await signUp(server)
  const before = await issue(server, token)
  const replaced = { ...accessTokens, keyEncryptionKey: randomBytes(32) }
  const other = await startServer({ databaseUrl: url, auth: { accessTokens: replaced } })
  expect((await askForAccessToken(other, token)).status).toBe(503)
  await other.auth.rotateSigningKey({ signs: 'at_once' })
  const after = await issue(other, token)
  expect(kidOf(after)).not.toBe(kidOf(before))
  for (const each of [before, after]) await verify(other, each)
})

test('a private key that was put into another’s row, or changed by a letter, signs nothing', async () => {
  const server = await startServer()
  const token = await signUp(server)
  await issue(server, token)
  await server.auth.rotateSigningKey({ signs: 'at_once' })
  await server.database.transaction((each) =>
    each.query(`UPDATE signing_keys SET private_key =
      (SELECT private_key FROM signing_keys AS other WHERE other.generation = 1) WHERE generation = 2`),
  )
  expect((await askForAccessToken(server, token)).status).toBe(503)
  const [[sealed] = []] = await server.database.query(
    'SELECT private_key FROM signing_keys WHERE generation = 1',
  )
  const text = String(sealed)
  const changed = text.slice(0, -30) + (text.at(-30) === 'A' ? 'B' : 'A') + text.slice(-29)
  await server.database.transaction((each) =>
    each.query('UPDATE signing_keys SET private_key = $1', [changed]),
  )
  server.clock.advance({ minutes: 1 })
  expect((await askForAccessToken(server, token)).status).toBe(503)
})

test('a database that is away is a 503 for those who ask for keys, or for a token', async () => {
  const server = await startServer()
  const token = await signUp(server, ann)
  await issue(server, token)
  server.clock.advance({ minutes: 1 })
  server.auth.config.store.listSigningKeys = () => Promise.reject(away)
  const statuses = [
    (await server.send('GET /.well-known/jwks.json')).status,
    (await askForAccessToken(server, token)).status,
  ]
  expect(statuses).toEqual([503, 503])
})

const away = new AuthError('unavailable')
