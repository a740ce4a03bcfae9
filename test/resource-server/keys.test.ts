// The API's keys: fetched when they are needed, known before they sign, believed for ten minutes.
import { expect, onTestFinished, test, vi } from 'vitest'
import {
  createKey,
  invalidToken,
  type PublishedApi,
  serverFor,
  startPublishedApi,
  token,
  unavailable,
} from './published-api.ts'

/** How often the keys were fetched. */
const fetches = ({ asked }: PublishedApi) =>
  asked.filter((line) => line.endsWith('jwks.json')).length

test('a hundred requests at once fetch the keys once', async () => {
  const api = await startPublishedApi()
  const { authenticate } = serverFor(api)
  const bearer = `Bearer ${token(api)}`
  const callers = await Promise.all(Array.from({ length: 100 }, () => authenticate(bearer)))
  expect(callers.every((caller) => 'userId' in caller)).toBe(true)
  expect(api.asked.sort()).toEqual(['GET /.well-known/jwks.json', 'GET /v1/revocations'])
})

test('keys are fetched again behind the back of a request, five minutes later', async () => {
  const api = await startPublishedApi()
  const { authenticate } = serverFor(api)
  const ask = () => authenticate(`Bearer ${token(api)}`)
  await ask()
  api.clock.advance({ minutes: 5 })
  await ask()
  expect(fetches(api)).toBe(1)
  api.clock.advance({ milliseconds: 1 })
  await ask()
  await vi.waitFor(() => expect(fetches(api)).toBe(2))
})

test('a key that signs anew is known before: nobody is refused, though all ask at once', async () => {
  const api = await startPublishedApi()
  const { authenticate } = serverFor(api)
  const next = createKey('key-2')
  const statuses = new Set<unknown>()
  // Published at the start, signing after fifteen minutes, the old one published for eight more.
  for (let minute = 0; minute <= 40; minute++) {
    const isNew = minute >= 15
    const published = minute < 23 ? [api.key.jwk, next.jwk] : [next.jwk]
    api.keys = { keys: minute === 0 ? [api.key.jwk] : published }
    const signing = isNew ? [next, ...(minute < 20 ? [api.key] : [])] : [api.key]
    const texts = signing.map((key) => token({ ...api, key }))
    const callers = texts.flatMap((text) => [1, 2, 3].map(() => authenticate(`Bearer ${text}`)))
    for (const caller of await Promise.all(callers)) statuses.add('status' in caller)
    api.clock.advance({ minutes: 1 })
  }
  expect([...statuses]).toEqual([false])
})

test('a key that nobody knows yet is asked for at once, and others’ inventions every five seconds', async () => {
  const api = await startPublishedApi()
  const { authenticate } = serverFor(api)
  await authenticate(`Bearer ${token(api)}`)
  const next = createKey('key-2')
  api.keys = { keys: [api.key.jwk, next.jwk] }
  api.clock.advance({ seconds: 5, milliseconds: 1 })
  const callers = Array.from({ length: 20 }, () =>
    authenticate(`Bearer ${token({ ...api, key: next })}`),
  )
  expect((await Promise.all(callers)).every((caller) => 'userId' in caller)).toBe(true)
  expect(fetches(api)).toBe(2)
  const invented = () =>
    Array.from({ length: 50 }, (_, index) => {
      return authenticate(`Bearer ${token({ ...api, key: createKey(`invented-${index}`) })}`)
    })
  for (const caller of await Promise.all(invented())) expect(caller).toEqual(invalidToken)
  api.clock.advance({ seconds: 5 })
  for (const caller of await Promise.all(invented())) expect(caller).toEqual(invalidToken)
  expect(fetches(api)).toBe(2)
  api.clock.advance({ milliseconds: 1 })
  for (const caller of await Promise.all(invented())) expect(caller).toEqual(invalidToken)
  expect(fetches(api)).toBe(3)
})

test('a key that was withdrawn is refused ten minutes later at the latest', async () => {
  const api = await startPublishedApi()
  const { authenticate } = serverFor(api)
  await authenticate(`Bearer ${token(api)}`)
  api.keys = { keys: [createKey('key-2').jwk] }
  api.clock.advance({ minutes: 10, milliseconds: 1 })
  expect(await authenticate(`Bearer ${token(api)}`)).toEqual(invalidToken)
})

test('a key of the old name is another key', async () => {
  const api = await startPublishedApi()
  const { authenticate } = serverFor(api)
  await authenticate(`Bearer ${token(api)}`)
  const other = createKey(api.key.kid)
  expect(await authenticate(`Bearer ${token({ ...api, key: other })}`)).toEqual(invalidToken)
})

test.each(['refuses', 'redirects', 'breaks off', 'goes on and on', 'talks HTML'] as const)(
  'without keys, since the API %s, nobody can say who it is, and the client may come again',
  async (fault) => {
    const api = await startPublishedApi()
    const failures: unknown[] = []
    const onFailure = (error: unknown) => failures.push(error)
    const { authenticate } = serverFor(api, { onFailure, revocations: 'fail-open' })
    api.fault = fault
    expect(await authenticate(`Bearer ${token(api)}`)).toEqual(unavailable)
    expect(failures).toEqual([expect.any(Error)])
    // Nobody is asked for anything more, nor followed elsewhere.
    expect(await authenticate(`Bearer ${token(api)}`)).toEqual(unavailable)
    expect(api.asked).toEqual(['GET /.well-known/jwks.json'])
    api.fault = 'none'
    api.clock.advance({ seconds: 1 })
    expect(await authenticate(`Bearer ${token(api)}`)).toHaveProperty('userId')
    expect(failures).toHaveLength(1)
  },
)

test('an API that says nothing is waited for, two seconds and no longer', async () => {
  const api = await startPublishedApi()
  const { authenticate } = serverFor(api)
  const controller = new AbortController()
  const timeout = vi.spyOn(AbortSignal, 'timeout').mockReturnValue(controller.signal)
  onTestFinished(() => timeout.mockRestore())
  api.fault = 'hangs'
  const asking = authenticate(`Bearer ${token(api)}`)
  await vi.waitFor(() => expect(api.asked).toHaveLength(1))
  expect(timeout.mock.calls).toEqual([[2_000]])
  controller.abort()
  expect(await asking).toEqual(unavailable)
})

test.each([null, [], {}, { keys: null }, { keys: {} }, { keys: 'key-1' }, 'keys', 7])(
  '%j is no key set',
  async (keys) => {
    const api = await startPublishedApi()
    api.keys = keys
    expect(await serverFor(api).authenticate(`Bearer ${token(api)}`)).toEqual(unavailable)
  },
)

test('where nothing listens, a token that is none is still a 401', async () => {
  const api = await startPublishedApi()
  const away = { ...api, url: 'http://127.0.0.1:9' }
  const { authenticate } = serverFor(away)
  expect(await authenticate(`Bearer ${token(away)}`)).toEqual(unavailable)
  expect(await authenticate('Bearer a.b.c')).toEqual(invalidToken)
  expect(await authenticate(`Bearer ${token(api)}`)).toEqual(invalidToken)
})

test('keys from before the API went away do for a while, and a new one is waited for', async () => {
  const api = await startPublishedApi()
  const { authenticate } = serverFor(api, { revocations: 'fail-open' })
  await authenticate(`Bearer ${token(api)}`)
  api.fault = 'refuses'
  api.clock.advance({ minutes: 10 })
  expect(await authenticate(`Bearer ${token(api)}`)).toHaveProperty('userId')
  const next = createKey('key-2')
  expect(await authenticate(`Bearer ${token({ ...api, key: next })}`)).toEqual(unavailable)
  api.clock.advance({ milliseconds: 1 })
  expect(await authenticate(`Bearer ${token(api)}`)).toEqual(unavailable)
})

test('a clock that is set back makes nothing older younger', async () => {
  const api = await startPublishedApi()
  const { authenticate } = serverFor(api)
  await authenticate(`Bearer ${token(api)}`)
  api.clock.advance({ hours: -1 })
  await authenticate(`Bearer ${token(api)}`)
  expect(fetches(api)).toBe(2)
})
