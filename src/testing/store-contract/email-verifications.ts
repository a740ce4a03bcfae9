import { deepEqual, equal, rejects } from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import type { EmailProof, User } from '../../core/entities.ts'
import type { Store } from '../../core/store.ts'
import { insert, later, newEmailAddress, noon, type StoreContract } from './contract.ts'

/** Confirming an address, and changing it. */
export function emailVerificationsContract({ test, open }: StoreContract): void {
  test('a link is found by its digest until it is consumed, and twenty at once consume it once', async () => {
    const store = await open()
    const { user } = await insert(store)
    const { digest, verification } = await insertLink(store, proofOf(user))
    deepEqual(await store.findEmailVerification(digest), verification)
    const consumed = await Promise.all(
      Array.from({ length: 20 }, () =>
        store.transaction((each) => each.consumeEmailVerification(digest, later(999))),
      ),
    )
    deepEqual(
      consumed.filter((each) => each !== null),
      [verification],
    )
    equal(await store.findEmailVerification(digest), null)
  })

  test('a link that has expired is not consumed, and goes with the next', async () => {
    const store = await open()
    const { user } = await insert(store)
    const { digest } = await insertLink(store, proofOf(user))
    equal(
      await store.transaction((each) => each.consumeEmailVerification(digest, later(1_000))),
      null,
    )
    await insertLink(store, proofOf(user), later(1_000))
    equal(await store.findEmailVerification(digest), null)
  })

  test('the links of one user go, one or all, and nobody else’s do', async () => {
    const store = await open()
    const [{ user }, { user: other }] = [await insert(store), await insert(store)]
    const [first, second] = [
      await insertLink(store, proofOf(user)),
      await insertLink(store, proofOf(user)),
    ]
    const foreign = await insertLink(store, proofOf(other))
    await store.transaction((each) => each.deleteEmailVerification(first.digest))
    equal(await store.findEmailVerification(first.digest), null)
    deepEqual(await store.findEmailVerification(second.digest), second.verification)
    await store.transaction((each) => each.deleteEmailVerifications(user.id))
    equal(await store.findEmailVerification(second.digest), null)
    deepEqual(await store.findEmailVerification(foreign.digest), foreign.verification)
  })

  test('a user wants one other address at a time, and it is theirs once', async () => {
    const store = await open()
    const { user } = await insert(store)
    const [first, second] = [wish(user), wish(user)]
    for (const change of [first, second]) {
      await store.transaction((each) => each.putEmailChange({ ...change, requestedAt: noon }))
    }
    deepEqual(
      [await store.isEmailChangeOpen(first), await store.isEmailChangeOpen(second)],
      [false, true],
    )
    const consume = (proof: EmailProof) =>
      store.transaction((each) => each.consumeEmailChange(proof))
    deepEqual(
      [await consume(first), await consume(second), await consume(second)],
      [false, true, false],
    )
    await store.transaction((each) => each.putEmailChange({ ...first, requestedAt: noon }))
    await store.transaction((each) => each.deleteEmailChange(user.id))
    equal(await store.isEmailChangeOpen(first), false)
  })

  test('an address is proved of the user who has it, and keeps its first instant', async () => {
    const store = await open()
    const { user } = await insert(store)
    const verify = (proof: EmailProof, at: Date) =>
      store.transaction((each) => each.verifyEmailAddress(proof, at))
    equal(await verify(wish(user), later(1)), null)
    const proved = { ...user, emailVerifiedAt: later(1), updatedAt: later(1) }
    deepEqual(await verify(proofOf(user), later(1)), proved)
    deepEqual(await verify(proofOf(user), later(2)), { ...proved, updatedAt: later(2) })
    deepEqual(await store.findUser(user.id), { ...proved, updatedAt: later(2) })
  })

  test('an address is replaced by one that nobody has', async () => {
    const store = await open()
    const [{ user }, { user: other }] = [await insert(store), await insert(store)]
    const proof = wish(user)
    const replaced = await store.transaction((each) => each.replaceEmailAddress(proof, later(1)))
    const { emailAddress } = proof
    const now = { ...user, emailAddress, emailVerifiedAt: later(1), updatedAt: later(1) }
    deepEqual(replaced, { user: now, previous: user.emailAddress })
    equal(await store.findCredentials(user.emailAddress), null)
    await rejects(
      store.transaction((each) =>
        each.replaceEmailAddress({ userId: other.id, emailAddress }, later(2)),
      ),
      { code: 'email_address_taken' },
    )
    deepEqual(await store.findUser(other.id), other)
  })
}

function proofOf({ id, emailAddress }: User): EmailProof {
  return { userId: id, emailAddress }
}

function wish({ id }: User): EmailProof {
  return { userId: id, emailAddress: newEmailAddress() }
}

async function insertLink(store: Store, proof: EmailProof, createdAt = noon) {
  const digest = randomBytes(32)
  const expiresAt = new Date(createdAt.getTime() + 1_000)
  const verification = { ...proof, createdAt, expiresAt }
  await store.transaction((each) => each.insertEmailVerification(verification, digest))
  return { digest, verification }
}
