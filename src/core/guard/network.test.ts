import { expect, test } from 'vitest'
import { networkOf } from './network.ts'

// Each line is one network, in several spellings and of several addresses.
const networks = [
  ['192.0.2.1'],
  ['192.0.2.2'],
  ['2001:db8:1:2:3:4:5:6', '2001:0DB8:0001:0002::', '2001:db8:1:2::9'],
  ['2001:db8:12::', '2001:db8:12:0:3:4:5:6'],
  ['2001:db8::1', '2001:db8::1:2:3:4', '2001:db8:0:0::'],
  ['2001:db8::1:2:3:4:5', '2001:db8:0:1::'],
  ['2001::1:2:3:4:5:6', '2001:0:1:2::'],
  ['::1:2:3:4:5:6:7', '0:1:2:3::'],
  ['1:2:3:4:5:6:7::', '1:2:3:4::'],
  ['1:17:4::', '1:17:4:0:1::'],
  ['c:3:4::', 'c:3:4:0:1::'],
  ['::', '::1', '0:0:0:0:0:0:0:1'],
]

test('an IPv6 network is the first four groups, however they are spelled, and an IPv4 address is its own', () => {
  const found = networks.map((addresses) => [...new Set(addresses.map(networkOf))])
  expect(found.filter(({ length }) => length > 1)).toEqual([])
  expect(new Set(found.flat()).size).toBe(networks.length)
})
