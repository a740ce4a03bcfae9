import { deepEqual, equal } from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import type { SigningKey } from '../../core/entities.ts'
import type { Store } from '../../core/store.ts'
import { later, noon, run, type StoreContract } from './contract.ts'

/** The keys of access tokens. */
export function signingKeysContract({ test, open }: StoreContract): void {
  test('signing keys are listed as they were inserted, the newest generation first', async () => {
    const store = await open()
    deepEqual(await store.listSigningKeys(), [])
    const keys = [newKey(1), newKey(2), newKey(3)]
    for (const key of [2, 0, 1].map((place) => keys[place])) if (key) await put(store, key)
    deepEqual(await store.listSigningKeys(), keys.toReversed())
  })

  test('of ten that insert the same generation of a signing key at once one does', async () => {
    const store = await open()
    const inserted = await Promise.all(Array.from({ length: 10 }, () => put(store, newKey(1))))
    deepEqual(inserted.sort(), [...Array(9).fill(false), true])
    equal((await store.listSigningKeys()).length, 1)
  })

  test('a signing key is deleted by its id, and the one that signs stays', async () => {
    const store = await open()
    const [old, current, next] = [newKey(1), newKey(2, later(1)), newKey(3, later(9))]
    const remove = ({ id }: { id: string }, at: number) =>
      run(store, (each) => each.deleteSigningKey(id, later(at)))
    await put(store, old)
    equal(await remove(old, 0), false)
    await put(store, current)
    equal(await remove(old, 0), false)
    await put(store, next)
    equal(await remove({ id: randomUUID() }, 2), false)
    equal(await remove(current, 2), false)
    equal(await remove(next, 2), true)
    equal(await remove(old, 2), true)
    equal(await remove(current, 2), false)
    deepEqual(await store.listSigningKeys(), [current])
  })

  test('a signing key is swept when another has taken over from it, the newest never', async () => {
    const store = await open()
    const [old, current, next] = [newKey(1), newKey(2, later(1)), newKey(3, later(9))]
    for (const key of [old, current, next]) await put(store, key)
    deepEqual(await sweepAt(store, noon), 0)
    deepEqual(await sweepAt(store, later(1)), 1)
    deepEqual(await store.listSigningKeys(), [next, current])
    deepEqual(await sweepAt(store, later(999)), 1)
    deepEqual(await store.listSigningKeys(), [next])
    deepEqual(await sweepAt(store, later(9_999)), 0)
  })
}

function put(store: Store, key: SigningKey): Promise<boolean> {
  return run(store, (each) => each.insertSigningKey(key))
}

async function sweepAt(store: Store, overAt: Date): Promise<number> {
  const past = { overAt, endedAfter: noon, occurredAfter: noon, changeAskedAfter: noon }
  const horizon = { ...past, usedAfter: noon, createdAfter: noon }
  return (await store.sweep('signing_keys', { horizon, from: null, maximum: 64 })).deleted
}

function newKey(generation: number, signsFrom = noon): SigningKey {
  return {
    id: randomUUID(),
    generation,
    algorithm: 'ES256',
    publicKey: '{"kty":"EC"}',
    privateKey: 'sealed',
    createdAt: noon,
    signsFrom,
  }
}
