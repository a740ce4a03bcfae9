import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { noon } from '../testing/store-contract/contract.ts'
import type { AuditEvent } from './entities.ts'
import { RefusedAttempts } from './refused-attempts.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

const refused: AuditEvent = {
  id: '019ac0d4-7d1e-7b4e-9f53-0d1f6a3b5c7d',
  name: 'authn_login_fail',
  userId: null,
  sessionId: null,
  apiKeyId: null,
  actor: 'anybody',
  emailAddress: null,
  ipAddress: null,
  userAgent: null,
  requestId: null,
  detail: null,
  occurredAt: noon,
}

test('a flush waits for what is being written', async () => {
  const written = Promise.withResolvers<void>()
  const attempts = new RefusedAttempts(() => written.promise)
  attempts.note(refused)
  await vi.advanceTimersByTimeAsync(1_000)
  let hasFlushed = false
  const flushed = attempts.flush().then(() => {
    hasFlushed = true
  })
  await vi.advanceTimersByTimeAsync(1_000)
  expect(hasFlushed).toBe(false)
  written.resolve()
  await flushed
})
