import { equal, rejects } from 'node:assert/strict'
import { insert, newUser, type StoreContract } from './contract.ts'

/** A transaction writes everything or nothing. */
export function transactionsContract({ test, open }: StoreContract): void {
  test('a transaction that throws leaves nothing behind', async () => {
    const store = await open()
    const user = newUser()
    const broken = store.transaction(async (transaction) => {
      await transaction.insertUser(user, 'hash')
      throw new Error('broken')
    })
    await rejects(broken, /broken/)
    equal(await store.findCredentials(user.emailAddress), null)
  })

  test('what one transaction undoes, another keeps, however they interleave', async () => {
    const store = await open()
    const { session, digest } = await insert(store)
    const undone = store.transaction(async (transaction) => {
      await transaction.insertUser(newUser(), 'hash')
      await new Promise((resolve) => setImmediate(resolve))
      throw new Error('undone')
    })
    const deleted = store.transaction((transaction) => transaction.deleteSession(session))
    await rejects(undone, /undone/)
    await deleted
    equal(await store.findSession(digest), null)
  })

  test('a ping is answered', async () => {
    await (await open()).ping()
  })
}
