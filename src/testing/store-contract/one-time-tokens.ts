import { equal, ok } from 'node:assert/strict'
import { randomBytes, randomUUID } from 'node:crypto'
import { insert, later, newEmailAddress, noon, run, type StoreContract } from './contract.ts'

/** The links in mails, of all users. */
export function oneTimeTokensContract({ test, open }: StoreContract): void {
  test('every link ends, so many at a time, and no user, session or API key with them', async () => {
    const store = await open()
    const { user, digest: sessionDigest } = await insert(store)
    const digests = Array.from({ length: 4 }, () => randomBytes(32))
    const [reset = randomBytes(0), second = reset, proof = reset, signUp = reset] = digests
    const lifetime = { createdAt: noon, expiresAt: later(1_000) }
    const emailAddress = newEmailAddress()
    await run(store, async (transaction) => {
      await transaction.insertPasswordReset({ userId: user.id, ...lifetime }, reset)
      await transaction.insertPasswordReset({ userId: user.id, ...lifetime }, second)
      const owner = { userId: user.id, emailAddress, ...lifetime }
      await transaction.insertEmailVerification(owner, proof)
      await transaction.putEmailChange({ userId: user.id, emailAddress, requestedAt: noon })
      const submitted = { id: randomUUID(), emailAddress, passwordHash: 'hash', fields: null }
      await transaction.insertRegistration({ ...submitted, ...lifetime }, signUp)
    })
    const end = (maximum: number) => run(store, (each) => each.deleteOneTimeTokens({ maximum }))
    equal(await end(1), true)
    equal(await end(9), false)
    equal(await end(9), false)
    equal(await store.findPasswordReset(reset), null)
    equal(await store.findPasswordReset(second), null)
    equal(await store.findEmailVerification(proof), null)
    equal(await store.isEmailChangeOpen({ userId: user.id, emailAddress }), false)
    equal(await store.findRegistration(signUp), null)
    ok(await store.findSession(sessionDigest))
  })
}
