import { deepEqual, equal, ok, rejects } from 'node:assert/strict'
import type { User } from '../../core/entities.ts'
import type { StoreTransaction } from '../../core/store-transaction.ts'
import { insert, newUser, noon, type StoreContract } from './contract.ts'

/** Users and their password hashes. */
export function usersContract({ test, open }: StoreContract): void {
  test('a user is found by the address, with the hash', async () => {
    const store = await open()
    const { user } = await insert(store)
    deepEqual(await store.findCredentials(user.emailAddress), { user, passwordHash: 'hash' })
  })

  test('a user is found by the id, with the hash, whatever the address has become', async () => {
    const store = await open()
    const { user } = await insert(store)
    await insert(store)
    const { emailAddress } = newUser()
    const proof = { userId: user.id, emailAddress }
    const at = new Date(user.updatedAt.getTime() + 1)
    await store.transaction((each) => each.replaceEmailAddress(proof, at))
    const renamed = { ...user, emailAddress, emailVerifiedAt: at, updatedAt: at }
    const expected = { user: renamed, passwordHash: 'hash' }
    deepEqual(await store.findCredentialsById(user.id), expected)
    equal(await store.findCredentialsById(newUser().id), null)
  })

  test('an address that nobody has finds nobody', async () => {
    equal(await (await open()).findCredentials(newUser().emailAddress), null)
  })

  test('an address belongs to one user: the second insert says no and changes nothing', async () => {
    const store = await open()
    const { user } = await insert(store)
    const second = { ...newUser(), emailAddress: user.emailAddress }
    equal(await store.transaction((transaction) => transaction.insertUser(second, 'other')), false)
    deepEqual(await store.findCredentials(user.emailAddress), { user, passwordHash: 'hash' })
  })

  test('fifty inserts of one address at once make one user', async () => {
    const store = await open()
    const first = newUser()
    const inserts = Array.from({ length: 50 }, () =>
      store.transaction((transaction) =>
        transaction.insertUser({ ...newUser(), emailAddress: first.emailAddress }, 'hash'),
      ),
    )
    equal((await Promise.all(inserts)).filter(Boolean).length, 1)
  })

  test('a hash is held only while it is the user’s, with the user as they are now', async () => {
    const store = await open()
    const { user } = await insert(store)
    const hold = (hash: string) =>
      store.transaction((transaction) => transaction.holdPasswordHash(user, hash))
    deepEqual(await hold('hash'), user)
    equal(await hold('another'), null)
    const at = new Date(user.updatedAt.getTime() + 1)
    const proof = { userId: user.id, emailAddress: newUser().emailAddress }
    await store.transaction((transaction) => transaction.replaceEmailAddress(proof, at))
    const { emailAddress } = proof
    deepEqual(await hold('hash'), { ...user, emailAddress, emailVerifiedAt: at, updatedAt: at })
  })

  for (const [what, hold] of holds) {
    test(`a hash is not replaced before whoever holds ${what} has ended`, async () => {
      const store = await open()
      const { user } = await insert(store)
      const ends: string[] = []
      let held = () => {}
      const begun = new Promise<void>((resolve) => {
        held = resolve
      })
      const holder = store.transaction(async (transaction) => {
        await hold(transaction, user)
        held()
        await new Promise((resolve) => setTimeout(resolve, 50))
        ends.push('held')
      })
      await begun
      const change = { from: 'hash', to: 'new', at: user.updatedAt }
      await store.transaction((transaction) => transaction.replacePasswordHash(user, change))
      ends.push('replaced')
      await holder
      deepEqual(ends, ['held', 'replaced'])
    })
  }

  test('a hash is replaced only where it is still the one that was read', async () => {
    const store = await open()
    const { user } = await insert(store)
    const at = new Date(user.updatedAt.getTime() + 1)
    const replace = (from: string, to: string) =>
      store.transaction((transaction) => transaction.replacePasswordHash(user, { from, to, at }))
    const changed = { ...user, updatedAt: at }
    deepEqual(await replace('hash', 'second'), changed)
    equal(await replace('hash', 'third'), null)
    const found = await store.findCredentials(user.emailAddress)
    deepEqual(found, { user: changed, passwordHash: 'second' })
  })

  test('a hash of another cost changes nothing else of the user', async () => {
    const store = await open()
    const { user } = await insert(store)
    const change = { from: 'hash', to: 'second', at: null }
    deepEqual(await store.transaction((each) => each.replacePasswordHash(user, change)), user)
    const found = await store.findCredentials(user.emailAddress)
    deepEqual(found, { user, passwordHash: 'second' })
  })

  test('a hash is set whatever the old one was, of a banned user too, and of nobody else', async () => {
    const store = await open()
    const { user } = await insert(store)
    const { user: other } = await insert(store)
    const at = new Date(user.updatedAt.getTime() + 1)
    const set = (id: string) =>
      store.transaction((transaction) => transaction.setPasswordHash(id, { to: 'set', at }))
    deepEqual(await set(user.id), { ...user, updatedAt: at })
    await store.transaction((transaction) => transaction.setBannedAt(user.id, at))
    deepEqual(await set(user.id), { ...user, bannedAt: at, updatedAt: at })
    equal(await set(newUser().id), null)
    const found = await store.findCredentials(other.emailAddress)
    deepEqual(found, { user: other, passwordHash: 'hash' })
  })

  test('what has not the form of an id is nobody’s, and begins no page', async () => {
    const store = await open()
    const { user, session } = await insert(store)
    const capitals = user.id.toUpperCase()
    for (const id of ['', 'foo', `${user.id}0`, `{${user.id}}`, capitals, '\0']) {
      equal(await store.findUser(id), null)
      equal(await store.findCredentialsById(id), null)
      equal(await store.findApiKeyById(id), null)
      const horizon = { usedAfter: new Date(0), createdAfter: new Date(0), createdUntil: noon }
      const page = { limit: 9, after: null }
      deepEqual(await store.listSessions(id, { ...horizon, ...page }), [])
      deepEqual(await store.listApiKeys(id, { now: noon, ...page }), [])
      deepEqual(await store.listEvents({ userId: id, name: null, ...page }), [])
      await store.transaction(async (transaction) => {
        equal(await transaction.holdUser(id), null)
        equal(await transaction.deleteSigningKey(id, noon), false)
        for (const own of [
          { id, userId: user.id },
          { id: session.id, userId: id },
        ]) {
          equal(await transaction.holdSession(own), false)
          equal(await transaction.deleteSession(own), null)
          equal(await transaction.renameSession(own, 'name'), null)
          equal(await transaction.deleteApiKey(own), null)
          deepEqual(await transaction.deleteOtherSessions(own), [])
        }
      })
      const behind = { limit: 9, after: id }
      await rejects(store.listUsers(behind), RangeError)
      await rejects(store.listEvents({ userId: null, name: null, ...behind }), RangeError)
      await rejects(store.listSessions(user.id, { ...horizon, ...behind }), RangeError)
      await rejects(store.listApiKeys(user.id, { now: noon, ...behind }), RangeError)
    }
    deepEqual(await store.findUser(user.id), user)
  })

  test('a page of a number of rows that there cannot be is refused', async () => {
    const store = await open()
    const horizon = { usedAfter: new Date(0), createdAfter: new Date(0), createdUntil: noon }
    for (const limit of [-1, 1.5, Number.NaN, Number.POSITIVE_INFINITY]) {
      const page = { limit, after: null }
      await rejects(store.listUsers(page), RangeError)
      await rejects(store.listEvents({ userId: null, name: null, ...page }), RangeError)
      await rejects(store.listSessions(newUser().id, { ...horizon, ...page }), RangeError)
      await rejects(store.listApiKeys(newUser().id, { now: noon, ...page }), RangeError)
    }
    deepEqual(await store.listUsers({ limit: 0, after: null }), [])
  })

  test('where nobody was imported there are no hashes of other systems', async () => {
    const store = await open()
    const { user } = await insert(store)
    const range = { from: user.id, to: user.id }
    deepEqual(await store.listPasswordSchemes(), [])
    deepEqual(await store.countPasswordSchemes(), [])
    deepEqual([...(await store.findPasswordSchemes(range))], [])
    equal(await store.findLastSessionImport(), null)
    const change = { to: '!', at: user.updatedAt, maximum: 9 }
    equal(await store.transaction((each) => each.forgetImportedPasswords(change)), 0)
    deepEqual(await store.findCredentials(user.emailAddress), { user, passwordHash: 'hash' })
  })

  test('a banned user is held and changed by nobody, until the ban ends', async () => {
    const store = await open()
    const { user } = await insert(store)
    const at = new Date(user.updatedAt.getTime() + 1)
    const banned = { ...user, bannedAt: at }
    deepEqual(await store.transaction((each) => each.setBannedAt(user.id, at)), banned)
    deepEqual(await store.findUser(user.id), banned)
    const change = { from: 'hash', to: 'new', at }
    equal(await store.transaction((each) => each.holdPasswordHash(user, 'hash')), null)
    equal(await store.transaction((each) => each.replacePasswordHash(user, change)), null)
    deepEqual(await store.transaction((each) => each.setBannedAt(user.id, null)), user)
    deepEqual(await store.transaction((each) => each.holdPasswordHash(user, 'hash')), user)
    equal(await store.transaction((each) => each.setBannedAt(newUser().id, at)), null)
    equal(await store.transaction((each) => each.holdUser(newUser().id)), null)
    deepEqual(await store.transaction((each) => each.holdUser(user.id)), user)
  })

  test('users are listed in the order of their ids, page by page', async () => {
    const store = await open()
    const users = [await insert(store), await insert(store), await insert(store)]
    const ids = users.map(({ user }) => user.id).sort()
    const list = async (limit: number, after: string | null) =>
      (await store.listUsers({ limit, after })).map(({ id }) => id)
    deepEqual(await list(2, null), ids.slice(0, 2))
    deepEqual(await list(2, ids[1] ?? ''), ids.slice(2))
    deepEqual(await list(2, ids[2] ?? ''), [])
  })

  test('a user who is deleted takes everything along, and frees the address', async () => {
    const store = await open()
    const { user, digest } = await insert(store)
    const { digest: otherDigest } = await insert(store)
    await store.transaction((each) => each.deleteUser(user.id))
    equal(await store.findCredentials(user.emailAddress), null)
    equal(await store.findSession(digest), null)
    ok(await store.findSession(otherDigest))
    equal(
      await store.transaction((each) =>
        each.insertUser({ ...newUser(), emailAddress: user.emailAddress }, 'hash'),
      ),
      true,
    )
  })
}

type Hold = (transaction: StoreTransaction, user: User) => Promise<unknown>

const holds: readonly [string, Hold][] = [
  ['the hash', (transaction, user) => transaction.holdPasswordHash(user, 'hash')],
  ['the user', (transaction, user) => transaction.holdUser(user.id)],
]
