import { expect, test } from 'vitest'
import { parseEmailAddress } from '../core/email-address.ts'
import type { Delivery, Message } from '../core/mail.ts'
import { outcome } from './outcome.ts'

const queuedAt = new Date('2026-01-01T12:00:00Z')
const giveUpAt = new Date('2026-01-02T12:00:00Z')
const now = new Date('2026-01-01T13:00:00Z')

function queued(tried: Partial<Message> = {}): Message {
  const recipient = parseEmailAddress('ann@example.com')
  if (!recipient) throw new Error('no address')
  return {
    id: 1,
    kind: 'password_reset',
    recipient,
    userId: null,
    apiKeyId: null,
    status: 'queued',
    attempts: 3,
    deferrals: 0,
    uncertain: 0,
    queuedAt,
    dueAt: new Date('2026-01-01T13:01:00Z'),
    giveUpAt,
    endedAt: null,
    lastError: 'before',
    ...tried,
  }
}

const shortest = () => new Uint8Array(1)

function after(delivery: Delivery, tried: Partial<Message> = {}, at = now): Message {
  return outcome(queued(tried), delivery, { now: at, random: shortest })
}

const reason = 'no'

test('what was sent has ended, with nothing to complain of', () => {
  const ended = { status: 'sent', endedAt: now, lastError: null } as const
  expect(after({ status: 'sent' })).toEqual({ ...queued(), ...ended })
})

test('what was refused has failed, at the first attempt', () => {
  const failed = { status: 'failed', endedAt: now, lastError: 'no' } as const
  expect(after({ status: 'refused', reason })).toEqual({ ...queued(), ...failed })
})

test('what could not be tried is due at once, as if it had not been', () => {
  const due = { dueAt: now, lastError: 'no' }
  expect(after({ status: 'unavailable', reason })).toEqual({ ...queued(), ...due })
})

test('what was put off is due later, and has failed after a day', () => {
  const delivery = { status: 'deferred', reason } as const
  const dueAt = new Date(now.getTime() + 15_000)
  expect(after(delivery)).toEqual({ ...queued(), deferrals: 1, dueAt, lastError: 'no' })
  expect(after(delivery, { deferrals: 30 })).toMatchObject({ status: 'queued', deferrals: 31 })
  const failed = { status: 'failed', deferrals: 1, endedAt: now }
  expect(after(delivery, { giveUpAt: now })).toMatchObject(failed)
})

test('what may have arrived is tried once more, whatever its age', () => {
  const delivery = { status: 'unknown', reason } as const
  const dueAt = new Date(now.getTime() + 15_000)
  expect(after(delivery)).toEqual({ ...queued(), uncertain: 1, dueAt, lastError: 'no' })
  const unknown = { status: 'unknown', uncertain: 2, endedAt: now }
  expect(after(delivery, { uncertain: 1 })).toMatchObject(unknown)
})

test.each(['unavailable', 'deferred'] as const)('after a day what is %s has failed', (status) => {
  const justBefore = new Date(giveUpAt.getTime() - 1)
  expect(after({ status, reason }, {}, justBefore).status).toBe('queued')
  expect(after({ status, reason }, {}, giveUpAt)).toMatchObject({ status: 'failed' })
})

const token = 'lkr_7Kf9WnR2mXv4TqB8sZc3HyD6jPg5LuE1aNtVw9'

test.each([
  ['550 no such mailbox', '550 no such mailbox'],
  [`554 spam: ${token} is it`, '554 spam: [secret]'],
  [`554 spam: ${token.slice(0, 20)}=\n${token.slice(20)}`, '554 spam: [secret]'],
  [`554 spam: #lk\n${token.slice(2)}`, '554 spam: #lk [secret]'],
  [`554 ${Buffer.from(token).toString('base64')} no`, '554 [secret] no'],
  ['554 a\x1b[31mred\r\n\u202eword\0', '554 a [31mred word '],
  [`554 ${'no '.repeat(200)}`, `554 ${'no '.repeat(98)}no`],
])('of the reason %j is kept what can be shown', (given, kept) => {
  expect(after({ status: 'refused', reason: given }).lastError).toBe(kept)
})
