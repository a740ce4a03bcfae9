import { randomInt } from 'node:crypto'
import { crc32 as crc32OfNode } from 'node:zlib'
import { expect, test } from 'vitest'
import { crc32 } from './crc32.ts'

test('the checksum of "123456789" is the one by which a CRC is told', () => {
  expect(crc32('123456789')).toBe(0xcbf43926)
})

test('a checksum is what Node computes, for texts of ASCII of every length to 64', () => {
  for (let length = 0; length <= 64; length++) {
    const texts = Array.from({ length: 500 }, () =>
      Array.from({ length }, () => String.fromCharCode(randomInt(128))).join(''),
    )
    expect(texts.filter((text) => crc32(text) !== crc32OfNode(text))).toEqual([])
  }
})
