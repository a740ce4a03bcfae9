import { deepEqual, equal } from 'node:assert/strict'
import type { FailedAttempts } from '../../core/guard/failed-attempts.ts'
import { later, noon, type StoreContract } from './contract.ts'

/** How often a wrong password was tried. */
export function failedAttemptsContract({ test, open }: StoreContract): void {
  const one: FailedAttempts = { count: 1, blockedUntil: noon, expiresAt: later(1_000) }
  const two: FailedAttempts = { count: 2, blockedUntil: later(30_000), expiresAt: null }

  test('failed attempts are found as they were written, each key for itself', async () => {
    const store = await open()
    equal(await store.findFailedAttempts('a'), null)
    equal(await store.replaceFailedAttempts('a', { from: null, next: one }), true)
    deepEqual(await store.findFailedAttempts('a'), one)
    equal(await store.replaceFailedAttempts('a', { from: one, next: two }), true)
    deepEqual(await store.findFailedAttempts('a'), two)
    equal(await store.findFailedAttempts('b'), null)
  })

  test('who is not the first to replace failed attempts writes nothing', async () => {
    const store = await open()
    await store.replaceFailedAttempts('a', { from: null, next: one })
    equal(await store.replaceFailedAttempts('a', { from: null, next: two }), false)
    equal(await store.replaceFailedAttempts('a', { from: two, next: two }), false)
    const moved = { ...one, blockedUntil: later(1) }
    equal(await store.replaceFailedAttempts('a', { from: moved, next: two }), false)
    deepEqual(await store.findFailedAttempts('a'), one)
    equal(await store.replaceFailedAttempts('b', { from: one, next: two }), false)
    equal(await store.findFailedAttempts('b'), null)
  })

  test('of twenty that replace the same failed attempts at once one does', async () => {
    const store = await open()
    const all = async (from: FailedAttempts | null, count: number) => {
      const next = { ...one, count }
      const change = { from, next }
      const done = await Promise.all(
        Array.from({ length: 20 }, () => store.replaceFailedAttempts('a', change)),
      )
      return done.filter(Boolean).length
    }
    equal(await all(null, 1), 1)
    equal(await all(one, 2), 1)
  })

  test('failed attempts are deleted by their keys, and the others stay', async () => {
    const store = await open()
    for (const key of ['a', 'b']) await store.replaceFailedAttempts(key, { from: null, next: one })
    await store.transaction((transaction) => transaction.deleteFailedAttempts(['a', 'c']))
    equal(await store.findFailedAttempts('a'), null)
    deepEqual(await store.findFailedAttempts('b'), one)
  })
}
