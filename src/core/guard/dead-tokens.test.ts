import { expect, test } from 'vitest'
import { unknownClient } from '../client.ts'
import { DeadTokens } from './dead-tokens.ts'

const start = Date.parse('2026-01-01T12:00:00Z')

function createDeadTokens() {
  const time = { now: start }
  const dead = new DeadTokens(() => new Date(time.now))
  const present = (times: number, ipAddress: string | null = null) => {
    for (let time = 1; time <= times; time++) dead.count('link', { ...unknownClient, ipAddress })
  }
  return { present, time }
}

test('those whose address nobody knows share one count, and nobody else’s', () => {
  const { present, time } = createDeadTokens()
  present(300)
  time.now += 1_500
  const refused = { code: 'rate_limited', retryAfterSeconds: 59 }
  expect(() => present(1)).toThrow(expect.objectContaining(refused))
  present(300, '192.0.2.1')
  time.now = start + 60_000
  present(300)
})

test('a clock that was ahead and is set back keeps nobody out', () => {
  const { present, time } = createDeadTokens()
  time.now += 86_400_000
  present(300)
  time.now -= 86_400_000
  present(300)
})
