// Who wants another address does not learn whether somebody has it; who has it does, by mail.
import { expect, test, vi } from 'vitest'
import { ann, mailedToken, signUp } from '../harness.ts'
import { bob, createBanned, createProved, createUnproven } from './people.ts'
import { startWatched, type Watched } from './watched-server.ts'

vi.mock(import('../../src/core/password-hash/hash-threads.ts'), async (original) => {
  const { watchArgon2 } = await import('./trace.ts')
  return watchArgon2(await original())
})

const free = 'eva@example.com'

const classes = {
  'of a user': createProved,
  'of a user who did not prove it': createUnproven,
  'of a banned user': createBanned,
}

test.each(Object.entries(classes))(
  'an address %s looks like a free one',
  async (_name, arrange) => {
    const [taken, expected] = [
      await observe(arrange, ann.email_address),
      await observe(arrange, free),
    ]
    expect(taken.requests).toEqual(expected.requests)
    expect(taken.recipients).toEqual([ann.email_address, ann.email_address])
    expect(expected.recipients).toEqual([free, free])
    // Whom the mail goes to differs, and that only one has a link.
    expect([taken.token, expected.token]).toEqual(['', expect.stringMatching(/^lkv_/)])
  },
)

test('asking costs no look at who has the address, and no hash', async () => {
  const { requests } = await observe(createProved, ann.email_address)
  for (const { status, hashes, operations } of requests) {
    expect([status, hashes]).toEqual([202, []])
    expect(operations.join()).not.toMatch(/FROM users WHERE email_address/)
  }
})

/** Asks twice while the message waits, and once more when it was delivered. */
async function observe(arrange: (twin: Watched) => Promise<unknown>, address: string) {
  const twin = await startWatched()
  await arrange(twin)
  const token = await signUp(twin, bob)
  const ask = () => twin.observe('PATCH /v1/user', { email_address: address }, token)
  const requests = [await ask()]
  twin.clock.advance({ milliseconds: 1 })
  requests.push(await ask())
  await twin.outbox.deliverDue()
  requests.push(await ask())
  await twin.outbox.deliverDue()
  const recipients = twin.mailbox.mails.map(({ to }) => to)
  return { requests, recipients, token: mailedToken(twin) }
}
