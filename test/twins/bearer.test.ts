// Whoever sends a token that is no good does not learn what it once was.
import { randomBytes } from 'node:crypto'
import { expect, test, vi } from 'vitest'
import { generateToken } from '../../src/core/tokens.ts'
import { bearer, createApiKey, signUp, verifyAddress } from '../harness.ts'
import { type Observed, startWatched, type Watched } from './watched-server.ts'

vi.mock(import('../../src/core/password-hash/hash-threads.ts'), async (original) => {
  const { watchArgon2 } = await import('./trace.ts')
  return watchArgon2(await original())
})

interface Holder {
  readonly twin: Watched
  readonly userId: string
  readonly session: string
  readonly apiKey: { readonly id: string; readonly token: string }
}

/** Brings the token into a state, and answers it. */
type Find = (holder: Holder) => Promise<string>

const lines = ['GET /v1/session', 'PATCH /v1/user', 'GET /v1/projects', 'POST /v1/projects']

const sessions: Record<string, Find> = {
  'a session that was revoked': async ({ twin, session }) => {
    await twin.send('DELETE /v1/session', undefined, bearer(session))
    return session
  },
  'a session that expired': async ({ twin, session }) => {
    twin.clock.advance({ days: 31 })
    return session
  },
  'a session whose token was exchanged': async ({ twin, session }) => {
    await twin.send('PUT /v1/session/token', undefined, bearer(session))
    return session
  },
  'a session of a banned user': async ({ twin, userId, session }) => {
    await twin.auth.banUser(userId)
    return session
  },
}

const apiKeys: Record<string, Find> = {
  'an API key that was revoked': async ({ twin, session, apiKey }) => {
    await twin.send(`DELETE /v1/api_keys/${apiKey.id}`, undefined, bearer(session))
    return apiKey.token
  },
  'an API key that expired': async ({ twin, apiKey }) => {
    twin.clock.advance({ days: 91 })
    return apiKey.token
  },
  'an API key of a banned user': async ({ twin, userId, apiKey }) => {
    await twin.auth.banUser(userId)
    return apiKey.token
  },
}

const impossible: Record<string, Find> = {
  'a session with a wrong checksum': async ({ session }) => misspelled(session),
  'an API key with a wrong checksum': async ({ apiKey }) => misspelled(apiKey.token),
  'a link in a mail': async () => generateToken('passwordReset', randomBytes).token.reveal(),
}

const unknownOf = (kind: 'session' | 'apiKey'): Find => {
  return async () => generateToken(kind, randomBytes).token.reveal()
}

test.each(Object.entries(sessions))('%s looks like an unknown one', async (_name, find) => {
  const expected = await observe(unknownOf('session'))
  expect(await observe(find)).toEqual(expected)
  expected.forEach(expectOneLook)
})

test.each(Object.entries(apiKeys))('%s looks like an unknown one', async (_name, find) => {
  const expected = await observe(unknownOf('apiKey'))
  expect(await observe(find)).toEqual(expected)
  expected.forEach(expectOneLook)
})

test.each(Object.entries(impossible))(
  '%s is answered alike, and not looked up',
  async (_name, find) => {
    const expected = await observe(unknownOf('session'))
    const observed = await observe(find)
    expect(observed.map(({ operations }) => operations)).toEqual(lines.map(() => []))
    expect(observed.map(withoutLook)).toEqual(expected.map(withoutLook))
  },
)

/** What becomes of the token in each of the lines. */
async function observe(find: Find): Promise<Observed[]> {
  const twin = await startWatched()
  const session = await signUp(twin)
  await verifyAddress(twin, session)
  const apiKey = await createApiKey(twin, session)
  const { user } = (await twin.send('GET /v1/user', undefined, bearer(session))).body
  const token = await find({ twin, userId: user.id, session, apiKey })
  const observed = []
  for (const line of lines) {
    const body = line.startsWith('GET') ? null : { title: 'Garden' }
    observed.push(await twin.observe(line, body, token))
  }
  return observed
}

function expectOneLook({ status, hashes, operations, rows, behind }: Observed): void {
  expect([status, hashes, rows]).toEqual([401, [], {}])
  expect(operations).toEqual([expect.stringMatching(/^read SELECT .*token_digest = \$1$/)])
  expect(behind).toEqual({ operations: [], rows: {} })
}

function withoutLook({ operations: _looks, ...others }: Observed) {
  return others
}

function misspelled(token: string): string {
  return `${token.slice(0, -1)}${token.endsWith('2') ? '3' : '2'}`
}
