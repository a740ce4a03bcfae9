import { expect, test } from 'vitest'
import { AuthError } from '../errors.ts'
import { Secret } from '../secret.ts'
import { Spraying } from './spraying.ts'

const start = Date.parse('2026-01-01T12:00:00Z')

function createSpraying() {
  const spraying = new Spraying()
  const time = { now: start }
  const sprayed = (account: string, password = 'Winter2026!') => {
    try {
      return spraying.note(new Secret(password), account, new Date(time.now))
    } catch (error) {
      if (!(error instanceof AuthError)) throw error
      return error.retryAfterSeconds
    }
  }
  const spray = (accounts: number, password?: string) =>
    Array.from({ length: accounts }, (_, index) => sprayed(`user-${index}`, password))
  return { spray, sprayed, time }
}

const passes = { forgive: expect.any(Function) }

test('one password is tried on thirty accounts within an hour, and on no more', () => {
  const { spray, sprayed, time } = createSpraying()
  expect(spray(30)).toEqual(Array(30).fill(passes))
  time.now += 60_000
  expect(sprayed('another')).toBe(3_540)
  expect(sprayed('another', 'something else')).toEqual(passes)
  time.now = start + 3_600_000
  expect(sprayed('another')).toEqual(passes)
})

test('however often it is tried on one account, that is one', () => {
  const { spray, sprayed } = createSpraying()
  for (const _ of Array(100)) expect(sprayed('user-0')).toEqual(passes)
  expect(spray(30)).toEqual(Array(30).fill(passes))
  expect(sprayed('another')).toBe(3_600)
})

test('an account that it is right for does not count', () => {
  const { spray, sprayed } = createSpraying()
  for (const tried of spray(30)) if (typeof tried !== 'number') tried.forgive()
  expect(sprayed('another')).toEqual(passes)
})

test('passwords that were right crowd out none that is sprayed', () => {
  const { spray, sprayed } = createSpraying()
  spray(30)
  for (let index = 0; index < 10_000; index++) {
    const tried = sprayed('somebody', `right ${index}`)
    if (typeof tried !== 'number') tried.forgive()
  }
  expect(sprayed('another')).toBe(3_600)
})

test('a clock that was ahead and is set back keeps nobody out', () => {
  const { spray, sprayed, time } = createSpraying()
  time.now += 86_400_000
  spray(30)
  time.now -= 86_400_000
  expect(sprayed('another')).toEqual(passes)
})

test('what it remembers is no text that was tried', () => {
  const { spray, sprayed } = createSpraying()
  spray(1)
  expect(JSON.stringify(sprayed('user-0'))).not.toMatch(/Winter|user/)
})

test('a guess that nobody found time for is forgiven, and takes the judged one beside it not along', () => {
  const { spray, sprayed } = createSpraying()
  for (let index = 0; index < 30; index++) {
    const [judged, ...late] = [1, 2, 3].map(() => sprayed(`user-${index}`))
    expect(judged).toEqual(passes)
    for (const each of late) if (typeof each === 'object') each.forgive()
  }
  expect(sprayed('another')).toBe(3_600)
  expect(spray(30)).toEqual(Array(30).fill(passes))
})

test('what is forgiven twice is forgiven once, and what belongs to an hour that is over changes nothing', () => {
  const { spray, sprayed, time } = createSpraying()
  const twice = sprayed('user-0')
  expect(sprayed('user-0')).toEqual(passes)
  if (typeof twice === 'object') for (const _ of [1, 2]) twice.forgive()
  expect(spray(30)).toEqual(Array(30).fill(passes))
  expect(sprayed('another')).toBe(3_600)
  const old = sprayed('user-0', 'an old one')
  time.now += 3_600_000
  expect(spray(30, 'an old one')).toEqual(Array(30).fill(passes))
  if (typeof old === 'object') old.forgive()
  expect(sprayed('another', 'an old one')).toBe(3_600)
})
