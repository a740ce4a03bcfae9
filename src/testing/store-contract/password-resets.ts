import { deepEqual, equal, rejects } from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import type { PasswordReset, User } from '../../core/entities.ts'
import type { Store } from '../../core/store.ts'
import { insert, later, newUser, noon, run, type StoreContract } from './contract.ts'

const lifetime = 900_000

/** The links in mails that reset a password. */
export function passwordResetsContract({ test, open }: StoreContract): void {
  test('a reset is found by the digest of its token, and by no other', async () => {
    const store = await open()
    const { user } = await insert(store)
    const { digest, reset } = await insertReset(store, user)
    deepEqual(await store.findPasswordReset(digest), reset)
    const other = Uint8Array.from(digest, (byte, index) => (index === 31 ? byte ^ 1 : byte))
    equal(await store.findPasswordReset(other), null)
  })

  test('two resets never share a digest, and one of nobody cannot be stored', async () => {
    const store = await open()
    const { user } = await insert(store)
    const { digest, reset } = await insertReset(store, user)
    await rejects(run(store, (each) => each.insertPasswordReset(reset, digest)))
    await rejects(insertReset(store, newUser()))
  })

  test('a reset is consumed once, while it has not expired, and is then not found', async () => {
    const store = await open()
    const { user } = await insert(store)
    const { digest, reset } = await insertReset(store, user)
    const consume = (at: Date) => run(store, (each) => each.consumePasswordReset(digest, at))
    equal(await consume(reset.expiresAt), null)
    deepEqual(await store.findPasswordReset(digest), reset)
    deepEqual(await consume(later(lifetime - 1)), reset)
    equal(await consume(noon), null)
    equal(await store.findPasswordReset(digest), null)
  })

  test('of fifty who consume one reset at once, one does', async () => {
    const store = await open()
    const { user } = await insert(store)
    const { digest, reset } = await insertReset(store, user)
    const consumed = await Promise.all(
      Array.from({ length: 50 }, () =>
        run(store, (each) => each.consumePasswordReset(digest, noon)),
      ),
    )
    deepEqual(consumed.filter(Boolean), [reset])
  })

  test('what is consumed in a transaction that is undone is not consumed', async () => {
    const store = await open()
    const { user } = await insert(store)
    const { digest, reset } = await insertReset(store, user)
    const broken = run(store, async (transaction) => {
      await transaction.consumePasswordReset(digest, noon)
      throw new Error('broken')
    })
    await rejects(broken, /broken/)
    deepEqual(await run(store, (each) => each.consumePasswordReset(digest, noon)), reset)
  })

  test('a user’s resets are counted that are neither consumed, nor expired, nor created later than they can be', async () => {
    const store = await open()
    const { user } = await insert(store)
    const { user: other } = await insert(store)
    await insertReset(store, other)
    const { digest } = await insertReset(store, user)
    await insertReset(store, user, later(60_000))
    const count = (expiresAfter: Date, createdUntil = later(60_000)) =>
      store.countPasswordResets(user, { expiresAfter, createdUntil })
    equal(await count(noon), 2)
    equal(await count(noon, later(59_999)), 1)
    equal(await count(later(lifetime - 1)), 2)
    equal(await count(later(lifetime)), 1)
    await run(store, (each) => each.consumePasswordReset(digest, noon))
    equal(await count(noon), 1)
  })

  test('a new reset leaves the user’s live ones, and nobody else’s dead ones are its concern', async () => {
    const store = await open()
    const { user } = await insert(store)
    const { user: other } = await insert(store)
    const dead = await insertReset(store, user)
    const foreign = await insertReset(store, other)
    const live = await insertReset(store, user, later(1))
    await insertReset(store, user, later(lifetime))
    equal(await store.findPasswordReset(dead.digest), null)
    deepEqual(await store.findPasswordReset(live.digest), live.reset)
    deepEqual(await store.findPasswordReset(foreign.digest), foreign.reset)
  })

  test('one reset is deleted, or all of one user', async () => {
    const store = await open()
    const { user } = await insert(store)
    const { user: other } = await insert(store)
    const [first, second, third] = [
      await insertReset(store, user),
      await insertReset(store, user),
      await insertReset(store, user),
    ]
    const foreign = await insertReset(store, other)
    const left = async () => {
      const all = [first, second, third, foreign]
      const found = await Promise.all(all.map(({ digest }) => store.findPasswordReset(digest)))
      return found.map((reset) => reset !== null)
    }
    await run(store, (each) => each.deletePasswordReset(first.digest))
    deepEqual(await left(), [false, true, true, true])
    await run(store, (each) => each.deletePasswordResets(user.id))
    deepEqual(await left(), [false, false, false, true])
  })
}

async function insertReset(
  store: Store,
  user: User,
  createdAt = noon,
): Promise<{ reset: PasswordReset; digest: Uint8Array }> {
  const expiresAt = new Date(createdAt.getTime() + lifetime)
  const reset = { userId: user.id, createdAt, expiresAt }
  const digest = randomBytes(32)
  await run(store, (each) => each.insertPasswordReset(reset, digest))
  return { reset, digest }
}
