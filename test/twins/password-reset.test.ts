// Who asks for a link learns nothing: what differs, differs in the mailbox.
import { expect, test, vi } from 'vitest'
import { ann } from '../harness.ts'
import { bob, createBanned, createProved, createUnproven } from './people.ts'
import { type Observed, startWatched, type Watched } from './watched-server.ts'

vi.mock(import('../../src/core/password-hash/hash-threads.ts'), async (original) => {
  const { watchArgon2 } = await import('./trace.ts')
  return watchArgon2(await original())
})

interface Class {
  /** Who has ann's address. */
  readonly arrange: (twin: Watched) => Promise<unknown>
  readonly address: string
  /** Of two requests, with the first's mail delivered before the second. */
  readonly mails: number
}

const unknown: Class = { arrange: createProved, address: bob.email_address, mails: 0 }

const classes: Record<string, Class> = {
  'a known address': { arrange: createProved, address: ann.email_address, mails: 2 },
  'an unproven address': { arrange: createUnproven, address: ann.email_address, mails: 2 },
  'the address of a banned user': { arrange: createBanned, address: ann.email_address, mails: 0 },
}

test.each(Object.entries(classes))('%s looks like an unknown one', async (_name, each) => {
  const [observed, expected] = [await observe(each), await observe(unknown)]
  expect(observed.requests).toEqual(expected.requests)
  expect(observed.recipients).toEqual(Array(each.mails).fill(each.address))
  expect(expected.recipients).toEqual([])
})

test('asking costs a count and a message, no look and no hash', async () => {
  const { requests } = await observe(unknown)
  expect(requests).toHaveLength(3)
  for (const { status, hashes, operations, rows, behind } of requests) {
    expect([status, hashes]).toEqual([200, []])
    expect(operations.join()).not.toContain('FROM users')
    expect(rows.outbox).toEqual({ written: 1, gone: expect.any(Number) })
    expect(behind).toEqual({ operations: [], rows: {} })
  }
})

/** Asks, asks again while the message waits, and once more when it was delivered. */
async function observe({ arrange, address }: Class) {
  const twin = await startWatched()
  await arrange(twin)
  const ask = () => twin.observe('POST /v1/passwords', { email_address: address })
  const requests: Observed[] = [await ask()]
  twin.clock.advance({ milliseconds: 1 })
  requests.push(await ask())
  await twin.outbox.deliverDue()
  requests.push(await ask())
  await twin.outbox.deliverDue()
  return { requests, recipients: twin.mailbox.mails.map(({ to }) => to) }
}
