// The list of sessions that ended: cheap for whoever serves it, bounded, and never shorter than it says.
import { AuthError } from 'latchkey/server'
import { expect, test } from 'vitest'
import { maximumRevocations } from '../../src/core/revocations.ts'
import { sweep } from '../../src/core/sweep.ts'
import { isRevoked, issue, revocationOf, sidOf } from '../access-token.ts'
import { bearer, type Server, signUp, startServer } from '../harness.ts'

async function listOf({ send }: Server) {
  const { body } = await send('GET /v1/revocations')
  return body
}

test('the list has digests of sids and no sid, and may be kept for two seconds and no longer', async () => {
  const server = await startServer()
  const token = await signUp(server)
  const sid = await sidOf(server, await issue(server, token))
  await server.send('DELETE /v1/session', undefined, bearer(token))
  const { body, headers, text } = await server.send('GET /v1/revocations')
  expect(body).toEqual({ revoked: [revocationOf(sid)], issued_before: null })
  expect(revocationOf(sid)).toMatch(/^[\w-]{22}$/)
  expect(text).not.toContain(sid)
  expect(headers.get('cache-control')).toBe('public, max-age=2, stale-while-revalidate=0')
})

test('a session that had no access token is not in it', async () => {
  const server = await startServer()
  await server.send('DELETE /v1/session', undefined, bearer(await signUp(server)))
  expect(await listOf(server)).toEqual({ revoked: [], issued_before: null })
})

test('a sid is in it until its last token is accepted by nobody, clocks that are a minute behind included', async () => {
  const server = await startServer()
  const token = await signUp(server)
  await issue(server, token)
  server.clock.advance({ minutes: 2 })
  const sid = await sidOf(server, await issue(server, token))
  await server.send('DELETE /v1/session', undefined, bearer(token))
  server.clock.advance({ minutes: 6, seconds: -2 })
  expect(await isRevoked(server, sid)).toBe(true)
  expect(await isRevoked(server, sid)).toBe(false)
})

test('whoever ends long after its tokens were forgotten is not in it, and gets another sid for a new one', async () => {
  const server = await startServer()
  const token = await signUp(server)
  const first = await sidOf(server, await issue(server, token))
  server.clock.advance({ hours: 2 })
  await sweepAll(server)
  const second = await sidOf(server, await issue(server, token))
  expect(second).not.toBe(first)
  await server.send('DELETE /v1/session', undefined, bearer(token))
  expect([await isRevoked(server, first), await isRevoked(server, second)]).toEqual([false, true])
})

test('a flood of readers costs one query in a second', async () => {
  const server = await startServer()
  const { store } = server.auth.config
  const { listDeadAliases } = store
  let queries = 0
  store.listDeadAliases = (...asked) => {
    queries += 1
    return listDeadAliases(...asked)
  }
  const flood = () => Promise.all(Array.from({ length: 200 }, () => listOf(server)))
  await flood()
  server.clock.advance({ milliseconds: 999 })
  await flood()
  expect(queries).toBe(1)
  server.clock.advance({ milliseconds: 1 })
  await flood()
  expect(queries).toBe(2)
  // Put back, a clock makes no list older than it says.
  server.clock.advance({ hours: -1 })
  await flood()
  expect(queries).toBe(3)
})

test('what fails is not kept', async () => {
  const server = await startServer()
  const { store } = server.auth.config
  const { listDeadAliases } = store
  store.listDeadAliases = () => Promise.reject(new AuthError('unavailable'))
  expect((await server.send('GET /v1/revocations')).status).toBe(503)
  store.listDeadAliases = listDeadAliases
  expect((await server.send('GET /v1/revocations')).status).toBe(200)
})

test('ten thousand are listed, and from when on the rest were issued', async () => {
  const server = await startServer()
  const { database, clock } = server
  const begun = clock().getTime()
  // One a millisecond, as if everybody had been logged out.
  await insertDead(server, { count: maximumRevocations, from: begun })
  clock.advance({ seconds: 20 })
  const whole = await listOf(server)
  expect([whole.revoked.length, whole.issued_before]).toEqual([maximumRevocations, null])
  await insertDead(server, { count: 3_000, from: begun + maximumRevocations })
  clock.advance({ seconds: 1 })
  const { revoked, issued_before } = await listOf(server)
  expect(revoked).toHaveLength(maximumRevocations)
  // The newest that was left out is the 3,000th.
  expect(issued_before).toBe(Math.floor((begun + 2_999) / 1_000))
  expect(revoked).toContain(revocationOf(nameOf(begun + maximumRevocations + 2_999)))
  expect(revoked).toContain(revocationOf(nameOf(begun + 3_000)))
  expect(revoked).not.toContain(revocationOf(nameOf(begun + 2_999)))
  const live = await database.query('SELECT 1 FROM session_aliases WHERE session_id IS NOT NULL')
  expect(live).toEqual([])
})

test('what is over is swept an hour later, with keys that nobody needs, and what signs stays', async () => {
  const server = await startServer()
  const token = await signUp(server)
  await issue(server, token)
  await server.auth.rotateSigningKey({ signs: 'at_once' })
  await issue(server, token)
  server.clock.advance({ minutes: 59 })
  expect(await sweepAll(server)).toEqual({ aliases: 0, keys: 0 })
  server.clock.advance({ minutes: 1 })
  expect(await sweepAll(server)).toEqual({ aliases: 0, keys: 1 })
  server.clock.advance({ minutes: 6 })
  expect(await sweepAll(server)).toEqual({ aliases: 1, keys: 0 })
  server.clock.advance({ days: 1 })
  expect(await sweepAll(server)).toEqual({ aliases: 0, keys: 0 })
  expect((await server.auth.listSigningKeys()).map(({ status }) => status)).toEqual(['signing'])
})

async function sweepAll({ auth }: Server) {
  const pace = { maximum: 64, mayGoOn: () => true, after: async () => true }
  const { session_aliases: aliases, signing_keys: keys } = await sweep(auth.config, pace)
  return { aliases, keys }
}

const nameOf = (milliseconds: number) => `sid-${milliseconds}`

async function insertDead({ database }: Server, { count, from }: { count: number; from: number }) {
  for (let done = 0; done < count; done += 1_000) {
    await database.transaction(async (transaction) => {
      for (let each = done; each < Math.min(count, done + 1_000); each++) {
        const issuedAt = new Date(from + each)
        await transaction.query(
          'INSERT INTO session_aliases (sid, session_id, issued_at, expires_at) VALUES ($1, NULL, $2, $3)',
          [nameOf(from + each), issuedAt, new Date(issuedAt.getTime() + 360_000)],
        )
      }
    })
  }
}
