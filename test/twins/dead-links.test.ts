// What a link in a mail once was, or never was, is not told: all are refused alike, and none buys a hash.
import { randomBytes } from 'node:crypto'
import { expect, test, vi } from 'vitest'
import { generateToken } from '../../src/core/tokens.ts'
import { ann, bearer, mailedToken, signUp } from '../harness.ts'
import { type Observed, startWatched, type Watched } from './watched-server.ts'

vi.mock(import('../../src/core/password-hash/hash-threads.ts'), async (original) => {
  const { watchArgon2 } = await import('./trace.ts')
  return watchArgon2(await original())
})

/** A server on which ann has signed up, and the links that she was mailed. */
interface Mailed {
  readonly twin: Watched
  readonly session: string
  readonly reset: string
  readonly verification: string
}

type Link = 'reset' | 'verification'

/** Brings the token of a link into a state, and answers it. */
type Find = (mailed: Mailed, link: Link) => Promise<string>

const password = 'another horse battery'

// How a token goes into each place that takes one.
const doors: Record<Link, readonly ((token: string) => [line: string, body: object])[]> = {
  reset: [
    (token) => ['PUT /v1/passwords', { token, password }],
    (token) => [`PUT /v1/passwords/${token}`, { password }],
  ],
  verification: [
    (token) => ['PUT /v1/email_verifications', { token, password: ann.password }],
    (token) => ['PUT /v1/email_verifications', { token }],
  ],
}

/** Each looked up, and not found to be alive. */
const dead: Record<string, Find> = {
  'that was spent': async (mailed, link) => {
    const token = mailed[link]
    const [line = '', body] = doors[link][0]?.(token) ?? []
    expect((await mailed.twin.send(line, body)).status).toBe(200)
    return token
  },
  'that expired': async (mailed, link) => {
    mailed.twin.clock.advance({ hours: 25 })
    return mailed[link]
  },
  'of a banned user': async (mailed, link) => {
    const { body } = await mailed.twin.send('GET /v1/user', undefined, bearer(mailed.session))
    await mailed.twin.auth.banUser(body.user.id)
    return mailed[link]
  },
}

/** Each refused as it stands. */
const impossible: Record<string, Find> = {
  'with a wrong checksum': async (mailed, link) => {
    const token = mailed[link]
    return `${token.slice(0, -1)}${token.endsWith('2') ? '3' : '2'}`
  },
  'that opens a session': async ({ session }) => session,
  'of the other kind of link': async (mailed, link) =>
    mailed[link === 'reset' ? 'verification' : 'reset'],
}

const unknown: Find = async (_mailed, link) => {
  const kind = link === 'reset' ? 'passwordReset' : 'emailVerification'
  return generateToken(kind, randomBytes).token.reveal()
}

const pairsOf = (classes: Record<string, Find>) =>
  (['reset', 'verification'] as const).flatMap((link) =>
    Object.entries(classes).map(([name, find]) => [link, name, find] as const),
  )

test.each(pairsOf(dead))(
  'a token for a %s %s looks like an unknown one',
  async (link, _name, find) => {
    const expected = await observe(link, unknown)
    expect(await observe(link, find)).toEqual(expected)
    for (const { status, hashes, rows, operations } of expected) {
      expect([status, hashes, rows]).toEqual([401, [], {}])
      expect(operations.length).toBeGreaterThan(0)
      for (const each of operations) expect(each).toMatch(/^read .* WHERE token_digest = /)
    }
  },
)

test.each(pairsOf(impossible))(
  'a token for a %s %s is answered alike, and not looked up',
  async (link, _name, find) => {
    const expected = await observe(link, unknown)
    const observed = await observe(link, find)
    expect(observed.map(({ operations }) => operations)).toEqual([[], []])
    expect(observed.map(withoutLook)).toEqual(expected.map(withoutLook))
  },
)

/** What becomes of the token at each door. */
async function observe(link: Link, find: Find): Promise<Observed[]> {
  const twin = await startWatched()
  const session = await signUp(twin)
  await twin.send('POST /v1/passwords', { email_address: ann.email_address })
  await twin.outbox.deliverDue()
  const reset = mailedToken(twin)
  await twin.send('POST /v1/email_verifications', undefined, bearer(session))
  await twin.outbox.deliverDue()
  const verification = mailedToken(twin)
  const token = await find({ twin, session, reset, verification }, link)
  const observed = []
  for (const door of doors[link]) observed.push(await twin.observe(...door(token)))
  return observed
}

function withoutLook({ operations: _looks, ...others }: Observed) {
  return others
}
