// Whoever guesses is stopped, at every door: a new route that takes a secret has to be among these.
import type { Route } from 'latchkey/server'
import { expect, test } from 'vitest'
import { z } from 'zod'
import {
  ann,
  bearer,
  cheapHash,
  mailedToken,
  type Reply,
  read,
  type Server,
  signUp,
  startServer,
  tableOf,
  verifyAddress,
} from './harness.ts'

/** The body of one guess. What else it needs is right, so that nothing but the guess is judged. */
type Guess = (index: number, link: string) => object

const challenge = (index: number) => ({ password_challenge: `guess number ${index}` })
const deadLink = (index: number) => ({ token: `lkr_${index}`, password: 'another horse battery' })

const doors: Readonly<Record<string, Guess>> = {
  'POST /v1/session': (index) => ({ ...ann, password: `guess number ${index}` }),
  // Whether an address is taken is what is guessed at here.
  'POST /v1/registrations': () => ann,
  'PUT /v1/session/freshness': challenge,
  'PUT /v1/password': (index) => ({ ...challenge(index), password: 'another horse battery' }),
  'PATCH /v1/user': (index) => ({ ...challenge(index), email_address: 'new@example.com' }),
  'DELETE /v1/user': challenge,
  'POST /v1/api_keys': (index) => ({ ...challenge(index), name: 'x', scopes: ['projects:read'] }),
  'PUT /v1/email_verifications': (index, token) => ({ token, password: `guess number ${index}` }),
  'PUT /v1/passwords': deadLink,
  'PATCH /v1/passwords': deadLink,
  'PUT /v1/passwords/:token': deadLink,
  'PATCH /v1/passwords/:token': deadLink,
}

test('no route takes a secret that is not among those that are guessed at', async () => {
  const server = await startServer()
  const routes = tableOf(server)
  const named = routes.filter(takesSecret).map(({ method, path }) => `${method} ${path}`)
  expect(named.sort()).toEqual(Object.keys(doors).sort())
})

function takesSecret({ path, schemas: { body } }: Route): boolean {
  const { properties = {} } = body
    ? z.toJSONSchema(body, { io: 'input', unrepresentable: 'any' })
    : {}
  const fields = [...Object.keys(properties), ...(path.match(/(?<=:)\w+/g) ?? [])]
  return fields.some((field) => /password|token|secret|code|otp|pin/.test(field))
}

/** A hash, and how many passwords it has verified. */
function countVerified() {
  const counted = { verified: 0 }
  const passwordHash = {
    ...cheapHash,
    verify(...args: Parameters<typeof cheapHash.verify>) {
      counted.verified++
      return cheapHash.verify(...args)
    },
  }
  return { passwordHash, counted }
}

test('every route that takes a secret stops whoever guesses at it', async () => {
  for (const [door, guess] of Object.entries(doors)) {
    const { passwordHash, counted } = countVerified()
    const server = await startServer({ auth: { rateLimits: 'on', passwordHash } })
    const token = await signUp(server)
    const link = await linkFor(server, { door, token })
    const isPublic = /session$|registrations|verifications|passwords/.test(door)
    const headers = isPublic ? {} : bearer(token)
    const replies: Reply[] = []
    while (replies.length < 400 && replies.at(-1)?.status !== 429) {
      const line = door.replace(':token', `lkr_${replies.length}`)
      const body = guess(replies.length, link)
      // Passwords are guessed at from everywhere; what is dead counts for an address alone.
      const isDead = door.includes('/v1/passwords')
      replies.push(
        isDead ? await fromHere(server, line, body) : await server.send(line, body, headers),
      )
    }
    const statuses = new Set(replies.slice(0, -1).map(({ status }) => status))
    expect([door, [...statuses]]).toEqual([door, [expect.toBeOneOf([401, 422])]])
    expect([door, replies.at(-1)?.status, counted.verified <= 10]).toEqual([door, 429, true])
    expect(Number(replies.at(-1)?.headers.get('retry-after'))).toBeGreaterThan(0)
    for (const reply of replies) requireHonest(reply)
    expect((await server.send('GET /v1/session', undefined, bearer(token))).status).toBe(200)
  }
}, 60_000)

test('of thirty at once from one address, each at another user, no more than ten buy a hash', async () => {
  const { passwordHash, counted } = countVerified()
  const server = await startServer({ auth: { rateLimits: 'on', passwordHash } })
  // As many as have a place in the queue.
  const guesses = Array.from({ length: 30 }, (_, index) => ({
    email_address: `person-${index}@example.com`,
    password: `guess number ${index}`,
  }))
  const replies = await Promise.all(
    guesses.map((guess) => fromHere(server, 'POST /v1/session', guess)),
  )
  // Fewer where the machine is so busy that somebody is told to come back.
  expect(counted.verified).toBeLessThanOrEqual(10)
  expect(replies.some(({ status }) => status === 429)).toBe(true)
})

async function fromHere({ app }: Server, line: string, body: object): Promise<Reply> {
  const [method = '', path = ''] = line.split(' ')
  const headers = { 'content-type': 'application/json' }
  const init = { method, headers, body: JSON.stringify(body) }
  return read(await app.request(path, init, { address: '192.0.2.1' }))
}

async function linkFor(server: Server, { door, token }: { door: string; token: string }) {
  if (door === 'POST /v1/api_keys') await verifyAddress(server, token)
  if (door !== 'PUT /v1/email_verifications') return ''
  await server.send('POST /v1/email_verifications', undefined, bearer(token))
  await server.outbox.deliverDue()
  return mailedToken(server)
}

// Structured fields (RFC 9651) as draft-ietf-httpapi-ratelimit-headers-10 has them.
function requireHonest({ status, headers }: Reply): void {
  const [limit, policy] = [headers.get('ratelimit'), headers.get('ratelimit-policy')]
  if (limit === null && policy === null) {
    expect(status).not.toBe(429)
    return
  }
  const [, name = '', left, seconds] =
    /^"([\w-]+)";r=(\d{1,15})(?:;t=(\d{1,15}))?$/.exec(limit ?? '') ?? []
  const [, same, quota] = /^"([\w-]+)";q=(\d{1,15})(?:;w=\d{1,15})?$/.exec(policy ?? '') ?? []
  expect([limit, policy, same]).toEqual([limit, policy, name])
  expect(name).not.toBe('')
  expect(Number(left)).toBeLessThan(Number(quota))
  if (status !== 429) return
  expect([left, headers.get('retry-after')]).toEqual(['0', seconds])
}
