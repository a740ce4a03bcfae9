// A session that ended takes its access tokens with it, within the seconds that were chosen.
import { expect, test, vi } from 'vitest'
import {
  encode,
  goodClaims,
  invalidToken,
  type PublishedApi,
  revocationOf,
  serverFor,
  startPublishedApi,
  token,
  unavailable,
} from './published-api.ts'

/** How often the list was fetched. */
const fetches = ({ asked }: PublishedApi) =>
  asked.filter((line) => line.endsWith('revocations')).length

const none = { revoked: [], issued_before: null }

function revoke(api: PublishedApi, sid: unknown = goodClaims(api).sid): void {
  api.revocations = { revoked: [revocationOf('another'), revocationOf(sid)], issued_before: null }
}

test.each(['fail-open', 'fail-closed'] as const)(
  'a session that ended is refused ten seconds later at the latest, and others are not: %s',
  async (revocations) => {
    const api = await startPublishedApi()
    const { authenticate } = serverFor(api, { revocations })
    const bearer = `Bearer ${token(api)}`
    expect(await authenticate(bearer)).toHaveProperty('userId')
    revoke(api)
    // The API itself may not know of it for a second.
    api.clock.advance({ seconds: 9, milliseconds: 1 })
    expect(await authenticate(bearer)).toEqual(invalidToken)
    const other = token(api, { claims: { sid: 'anotherSession' } })
    expect(await authenticate(`Bearer ${other}`)).toHaveProperty('userId')
    expect(fetches(api)).toBe(2)
  },
)

test('the list is fetched behind the back of a request, so that the next is already refused', async () => {
  const api = await startPublishedApi()
  const { authenticate } = serverFor(api, { pollSeconds: 5 })
  const bearer = `Bearer ${token(api)}`
  await authenticate(bearer)
  revoke(api)
  api.clock.advance({ seconds: 2 })
  expect(await authenticate(bearer)).toHaveProperty('userId')
  expect(fetches(api)).toBe(1)
  api.clock.advance({ milliseconds: 1 })
  expect(await authenticate(bearer)).toHaveProperty('userId')
  await vi.waitFor(async () => expect(await authenticate(bearer)).toEqual(invalidToken))
  expect(fetches(api)).toBe(2)
})

test('a list is as old as the question, however late the answer', async () => {
  const api = await startPublishedApi()
  const bearer = `Bearer ${token(api)}`
  let answers = 0
  const { authenticate } = serverFor(api, {
    fetch: async (url) => {
      if (url.endsWith('jwks.json')) return Response.json(api.keys)
      const answer = Response.json(api.revocations)
      answers += 1
      // What the first answer does not know of happens while it is under way.
      if (answers === 1) {
        revoke(api)
        api.clock.advance({ seconds: 9 })
      }
      return answer
    },
  })
  expect(await authenticate(bearer)).toHaveProperty('userId')
  api.clock.advance({ milliseconds: 1 })
  expect(await authenticate(bearer)).toEqual(invalidToken)
  expect(answers).toBe(2)
})

test('a token that was changed into another of the same session is refused with it', async () => {
  const api = await startPublishedApi()
  revoke(api)
  const text = token(api)
  const [head, body, signature = ''] = text.split('.')
  const raw = Buffer.from(signature, 'base64url').toString('hex')
  const s = (order - BigInt(`0x${raw.slice(64)}`)).toString(16).padStart(64, '0')
  const twin = `${head}.${body}.${encode(Buffer.from(raw.slice(0, 64) + s, 'hex'))}`
  expect(twin).not.toBe(text)
  const { authenticate } = serverFor(api)
  expect(await authenticate(`Bearer ${text}`)).toEqual(invalidToken)
  expect(await authenticate(`Bearer ${twin}`)).toEqual(invalidToken)
  // Which is as good a token as the first: it is the session that is refused.
  api.revocations = none
  api.clock.advance({ seconds: 11 })
  expect(await authenticate(`Bearer ${twin}`)).toHaveProperty('userId')
})

test('where the list is cut off, what was issued until then is refused as well', async () => {
  const api = await startPublishedApi()
  const { iat } = goodClaims(api)
  const { authenticate } = serverFor(api)
  const bearer = `Bearer ${token(api)}`
  for (const [until, isTaken] of [
    [Number(iat) - 1, true],
    [Number(iat), false],
    [Number(iat) + 5, false],
  ] as const) {
    api.revocations = { revoked: [], issued_before: until }
    api.clock.advance({ seconds: 11 })
    expect('userId' in (await authenticate(bearer))).toBe(isTaken)
  }
  api.clock.advance({ seconds: 11 })
  expect(await authenticate(`Bearer ${token(api)}`)).toHaveProperty('userId')
})

test('fail-closed: an API that is away lets nobody in once the list is too old', async () => {
  const api = await startPublishedApi()
  const failures: unknown[] = []
  const onFailure = (error: unknown) => failures.push(error)
  const { authenticate } = serverFor(api, { onFailure })
  const bearer = `Bearer ${token(api)}`
  await authenticate(bearer)
  api.fault = 'refuses'
  api.clock.advance({ seconds: 9 })
  expect(await authenticate(bearer)).toHaveProperty('userId')
  api.clock.advance({ milliseconds: 1 })
  await vi.waitFor(() => expect(failures).toHaveLength(1))
  for (let n = 0; n < 20; n++) expect(await authenticate(bearer)).toEqual(unavailable)
  expect([fetches(api), failures.length]).toEqual([2, 1])
  // Once a second is asked again, and the first answer opens.
  api.clock.advance({ seconds: 1 })
  for (let n = 0; n < 20; n++) expect(await authenticate(bearer)).toEqual(unavailable)
  expect([fetches(api), failures.length]).toEqual([3, 2])
  api.fault = 'none'
  api.clock.advance({ seconds: 1 })
  expect(await authenticate(bearer)).toHaveProperty('userId')
})

test('fail-open: an API that is away refuses whom the last list refuses, and lets in the others', async () => {
  const api = await startPublishedApi()
  const { authenticate } = serverFor(api, { revocations: 'fail-open' })
  const ended = `Bearer ${token(api)}`
  const other = `Bearer ${token(api, { claims: { sid: 'anotherSession' } })}`
  revoke(api)
  expect(await authenticate(ended)).toEqual(invalidToken)
  api.fault = 'refuses'
  api.revocations = none
  for (let minute = 0; minute < 4; minute++) {
    api.clock.advance({ minutes: 1 })
    expect(await authenticate(ended)).toEqual(invalidToken)
    expect(await authenticate(other)).toHaveProperty('userId')
  }
})

test('fail-open: before there ever was a list, who has a good signature is let in', async () => {
  const api = await startPublishedApi()
  const fetchKeys = async (url: string) => {
    if (url.endsWith('jwks.json')) return Response.json(api.keys)
    throw new Error('away')
  }
  const bearer = `Bearer ${token(api)}`
  const open = serverFor(api, { revocations: 'fail-open', fetch: fetchKeys })
  expect(await open.authenticate(bearer)).toHaveProperty('userId')
  expect(await serverFor(api, { fetch: fetchKeys }).authenticate(bearer)).toEqual(unavailable)
})

test('fail-open: nobody waits again for an API that did not answer just now', async () => {
  const api = await startPublishedApi()
  let asked = 0
  const answer = async (): Promise<Response> => {
    asked += 1
    if (asked === 1) return Response.json(none)
    if (asked === 2) throw new Error('away')
    return new Promise(() => {})
  }
  const { authenticate } = serverFor(api, {
    revocations: 'fail-open',
    fetch: async (url) => {
      if (url.endsWith('jwks.json')) return Response.json(api.keys)
      return answer()
    },
  })
  const bearer = `Bearer ${token(api)}`
  await authenticate(bearer)
  api.clock.advance({ seconds: 11 })
  await authenticate(bearer)
  api.clock.advance({ seconds: 1 })
  for (let n = 0; n < 20; n++) expect(await authenticate(bearer)).toHaveProperty('userId')
  expect(asked).toBe(3)
})

test.each([
  null,
  [],
  {},
  { revoked: [] },
  { issued_before: null },
  { revoked: null, issued_before: null },
  { revoked: {}, issued_before: null },
  { revoked: ['short'], issued_before: null },
  { revoked: [7], issued_before: null },
  { revoked: [`${'A'.repeat(21)}=`], issued_before: null },
  { revoked: [], issued_before: '1' },
  { revoked: [], issued_before: 1.5 },
  { revoked: Array.from({ length: 10_001 }, () => 'A'.repeat(22)), issued_before: null },
])('%j is no list, and the last one holds until it is too old', async (revocations) => {
  const api = await startPublishedApi()
  const { authenticate } = serverFor(api)
  const bearer = `Bearer ${token(api)}`
  await authenticate(bearer)
  api.revocations = revocations
  api.clock.advance({ seconds: 9 })
  expect(await authenticate(bearer)).toHaveProperty('userId')
  await vi.waitFor(() => expect(fetches(api)).toBe(2))
  api.clock.advance({ seconds: 1 })
  expect(await authenticate(bearer)).toEqual(unavailable)
})

test('the longest list there is fits', async () => {
  const api = await startPublishedApi()
  const revoked = Array.from({ length: 9_999 }, (_, index) => revocationOf(index))
  api.revocations = {
    revoked: [...revoked, revocationOf(goodClaims(api).sid)],
    issued_before: null,
  }
  expect(await serverFor(api).authenticate(`Bearer ${token(api)}`)).toEqual(invalidToken)
})

// The order of P-256's group.
const order = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n
