import { deepEqual, equal } from 'node:assert/strict'
import { randomBytes, randomUUID } from 'node:crypto'
import type { ApiKey, User } from '../../core/entities.ts'
import type { Store } from '../../core/store.ts'
import { insert, later, newUser, noon, run, type StoreContract } from './contract.ts'

/** The keys that programs hold. */
export function apiKeysContract({ test, open }: StoreContract): void {
  test('an API key is found by its digest alone, with its user, as it was inserted', async () => {
    const store = await open()
    const { user, digest: sessionDigest } = await insert(store)
    const { apiKey, digest } = await insertApiKey(store, user)
    deepEqual(await store.findApiKey(digest), { user, apiKey })
    deepEqual(await store.findApiKeyById(apiKey.id), apiKey)
    equal(await store.findApiKey(randomBytes(32)), null)
    equal(await store.findApiKey(sessionDigest), null)
    equal(await store.findSession(digest), null)
    equal(await store.findApiKeyById(randomUUID()), null)
  })

  test('the API keys of a user that are not over are listed newest first, and counted', async () => {
    const store = await open()
    const { user } = await insert(store)
    const { user: other } = await insert(store)
    const ids = []
    for (const number of [1, 2, 3]) {
      const id = `00000000-0000-7000-8000-00000000000${number}`
      ids.unshift((await insertApiKey(store, user, { id })).apiKey.id)
    }
    await insertApiKey(store, user, { expiresAt: noon })
    await insertApiKey(store, other)
    const page = async (limit: number, after: string | null) => {
      const listed = await store.listApiKeys(user.id, { now: noon, limit, after })
      return listed.map(({ id }) => id)
    }
    deepEqual(await page(2, null), ids.slice(0, 2))
    deepEqual(await page(2, ids[1] ?? null), ids.slice(2))
    equal(await run(store, (each) => each.countApiKeys(user.id, noon)), 3)
    equal(await run(store, (each) => each.countApiKeys(user.id, later(-1))), 4)
  })

  test('the API keys up to an id end, so many at a time, and none behind it', async () => {
    const store = await open()
    equal(await store.findLastApiKeyId(null), null)
    const { user } = await insert(store)
    const idOf = (number: number) => `00000000-0000-7000-8000-00000000000${number}`
    const first = await insertApiKey(store, user, { id: idOf(1) })
    const second = await insertApiKey(store, user, { id: idOf(2) })
    const third = await insertApiKey(store, user, { id: idOf(3) })
    equal(await store.findLastApiKeyId(null), idOf(3))
    equal(await store.findLastApiKeyId(idOf(2)), idOf(2))
    const end = (maximum: number) =>
      run(store, (each) => each.deleteApiKeysUpTo(idOf(2), { maximum }))
    deepEqual([await end(1), await end(9), await end(9)], [1, 1, 0])
    equal(await store.findApiKey(first.digest), null)
    equal(await store.findApiKey(second.digest), null)
    deepEqual((await store.findApiKey(third.digest))?.apiKey, third.apiKey)
    equal(await store.findLastApiKeyId(idOf(2)), null)
  })

  test('an API key is ended by its user alone, and all end together', async () => {
    const store = await open()
    const { user } = await insert(store)
    const { user: other } = await insert(store)
    const { apiKey, digest } = await insertApiKey(store, user)
    const second = await insertApiKey(store, user)
    const theirs = await insertApiKey(store, other)
    const stolen = { id: apiKey.id, userId: other.id }
    equal(await run(store, (each) => each.deleteApiKey(stolen)), null)
    deepEqual(await run(store, (each) => each.deleteApiKey(apiKey)), apiKey)
    equal(await store.findApiKey(digest), null)
    equal(await run(store, (each) => each.deleteApiKey(apiKey)), null)
    await run(store, (each) => each.deleteApiKeys(user.id))
    equal(await store.findApiKey(second.digest), null)
    deepEqual((await store.findApiKey(theirs.digest))?.apiKey, theirs.apiKey)
    await run(store, (each) => each.deleteUser(other.id))
    equal(await store.findApiKey(theirs.digest), null)
  })

  test('whose user is to be told of its end is listed from then on, until one has marked it', async () => {
    const store = await open()
    const { user } = await insert(store)
    const { apiKey } = await insertApiKey(store, user, { expiryNoticeAt: later(9) })
    await insertApiKey(store, user, { expiryNoticeAt: null })
    deepEqual(await store.listDueExpiryNotices(later(8)), [])
    deepEqual(await store.listDueExpiryNotices(later(9)), [apiKey])
    const marked = await Promise.all(
      Array.from({ length: 5 }, () => run(store, (each) => each.clearExpiryNotice(apiKey))),
    )
    deepEqual(marked.sort(), [false, false, false, false, true])
    deepEqual(await store.listDueExpiryNotices(later(9)), [])
  })

  test('the last use of an API key moves forward, and brings none back', async () => {
    const store = await open()
    const { user } = await insert(store)
    const { apiKey, digest } = await insertApiKey(store, user)
    const lastUsedAt = async () => (await store.findApiKey(digest))?.apiKey.lastUsedAt
    await store.recordUses('api_keys', [apiKey.id], later(2))
    deepEqual(await lastUsedAt(), later(2))
    await store.recordUses('api_keys', [apiKey.id], later(1))
    deepEqual(await lastUsedAt(), later(2))
    await run(store, (each) => each.deleteApiKey(apiKey))
    await store.recordUses('api_keys', [apiKey.id], later(3))
    equal(await lastUsedAt(), undefined)
  })

  test('no API key is inserted for a user who is not there', async () => {
    const store = await open()
    const failed = insertApiKey(store, newUser()).then(
      () => false,
      () => true,
    )
    equal(await failed, true)
  })
}

async function insertApiKey(store: Store, user: User, change: Partial<ApiKey> = {}) {
  const apiKey: ApiKey = {
    id: randomUUID(),
    userId: user.id,
    name: 'Nightly build',
    scopes: ['projects:read', 'projects:write'],
    createdAt: noon,
    expiresAt: later(86_400_000),
    lastUsedAt: null,
    expiryNoticeAt: null,
    ...change,
  }
  const digest = randomBytes(32)
  await run(store, (each) => each.insertApiKey(apiKey, digest))
  return { apiKey, digest }
}
