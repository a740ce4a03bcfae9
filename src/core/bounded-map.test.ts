import { expect, test } from 'vitest'
import { BoundedMap } from './bounded-map.ts'

test('beyond so many the one that was set longest ago is forgotten, and no other', () => {
  const recent = new BoundedMap<number>(2)
  recent.set('a', 1)
  recent.set('b', 2)
  recent.set('a', 3)
  recent.set('c', 4)
  expect(['a', 'b', 'c'].map((key) => recent.get(key))).toEqual([3, undefined, 4])
})

test('one that is set again takes no place of another', () => {
  const recent = new BoundedMap<number>(3)
  for (const key of ['a', 'b', 'c', 'b']) recent.set(key, 1)
  expect(recent.get('a')).toBe(1)
})

test('what is deleted leaves room for another', () => {
  const recent = new BoundedMap<number>(2)
  recent.set('a', 1)
  recent.set('b', 2)
  recent.delete('b')
  expect(recent.get('b')).toBeUndefined()
  recent.set('c', 3)
  expect(['a', 'b', 'c'].map((key) => recent.get(key))).toEqual([1, undefined, 3])
})
