import { expect, onTestFinished, test, vi } from 'vitest'
import { clientAddresses, isNetwork } from './client-address.ts'

const nobody = () => {}
const behindProxies = clientAddresses(['10.0.0.0/8', '2001:db8:1::/48'], nobody)

test.each([
  ['192.0.2.1', {}, '192.0.2.1'],
  ['::ffff:192.0.2.1', {}, '192.0.2.1'],
  ['2001:DB8::1', {}, '2001:db8::1'],
  [undefined, {}, null],
  ['/tmp/socket', {}, null],
])('the peer %j is the client where nobody speaks for it', (peer, headers, client) => {
  expect(behindProxies.find(new Headers(headers), peer)).toBe(client)
})

test('whoever is not trusted speaks for itself alone', () => {
  const headers = new Headers({ 'x-forwarded-for': '203.0.113.9', forwarded: 'for=203.0.113.9' })
  expect(behindProxies.find(headers, '192.0.2.1')).toBe('192.0.2.1')
  expect(clientAddresses([], nobody).find(headers, '127.0.0.1')).toBe('127.0.0.1')
})

test.each([
  ['203.0.113.9', '203.0.113.9'],
  ['198.51.100.1, 203.0.113.9', '203.0.113.9'],
  ['203.0.113.9, 10.1.1.1', '203.0.113.9'],
  ['spoofed, 203.0.113.9, 10.1.1.1 , 10.2.2.2', '203.0.113.9'],
  ['203.0.113.9:4711', '203.0.113.9'],
  ['2001:db8::9', '2001:db8::9'],
  ['[2001:db8::9]:4711, 2001:db8:1::2', '2001:db8::9'],
  ['::ffff:203.0.113.9', '203.0.113.9'],
  ['::FFFF:cb00:7109', '203.0.113.9'],
  ['0:0:0:0:0:ffff:cb00:7109', '203.0.113.9'],
  ['[0000::0:FFFF:203.0.113.9]:4711', '203.0.113.9'],
  ['2001:0DB8:0:0::0009', '2001:db8::9'],
  ['fe80::9%eth0', 'fe80::9'],
  ['0:ffff:203.0.113.9', '10.0.0.1'],
  ['10.1.1.1', '10.1.1.1'],
  ['203.0.113.9, unknown', '10.0.0.1'],
  ['203.0.113.9,, 10.1.1.1', '10.1.1.1'],
  ['', '10.0.0.1'],
])('of X-Forwarded-For %j the right-most hop that is not trusted counts', (header, client) => {
  const headers = new Headers({ 'x-forwarded-for': header })
  expect(behindProxies.find(headers, '10.0.0.1')).toBe(client)
})

test.each([
  ['for=203.0.113.9', '203.0.113.9'],
  ['for=198.51.100.1, for=203.0.113.9;proto=https;by=10.0.0.1', '203.0.113.9'],
  ['proto=https; For="[2001:db8::9]:4711"', '2001:db8::9'],
  ['for=_hidden, for=10.1.1.1', '10.1.1.1'],
  ['proto=https', '10.0.0.1'],
  // The Host as it was sent, with separators that are part of it.
  ['for=203.0.113.9;host="x,for=6.6.6.6;"', '203.0.113.9'],
  ['host="x;for=6.6.6.6;y";for=203.0.113.9', '203.0.113.9'],
  ['for=203.0.113.9;host="x\\",for=6.6.6.6"', '203.0.113.9'],
  ['for=203.0.113.9;host="a\\\\\\",for=6.6.6.6;b=\\""', '203.0.113.9'],
  ['for=6.6.6.6;for=203.0.113.9', '10.0.0.1'],
  // A quote of the client's that swallows nothing of what the proxy wrote.
  ['for=6.6.6.6;x=", for=203.0.113.9', '203.0.113.9'],
  ['for=6.6.6.6;x=", for="[2001:db8::9]:4711"', '2001:db8::9'],
  ['for=6.6.6.6;x=", for=203.0.113.9;host="api.example.com";proto=https', '203.0.113.9'],
  ['for=6.6.6.6;x=", for=203.0.113.9, for=10.1.1.1', '203.0.113.9'],
  ['for=", for=203.0.113.9', '203.0.113.9'],
])('of Forwarded %j too', (header, client) => {
  const headers = new Headers({ forwarded: header })
  expect(behindProxies.find(headers, '10.0.0.1')).toBe(client)
})

test('where the two headers disagree neither is believed', () => {
  const headers = (forwarded: string) =>
    new Headers({ 'x-forwarded-for': '203.0.113.9', forwarded: `for=${forwarded}` })
  expect(behindProxies.find(headers('203.0.113.9'), '10.0.0.1')).toBe('203.0.113.9')
  expect(behindProxies.find(headers('"[::ffff:203.0.113.9]"'), '10.0.0.1')).toBe('203.0.113.9')
  expect(behindProxies.find(headers('198.51.100.1'), '10.0.0.1')).toBe('10.0.0.1')
})

test('what a client wrote in front of its own address is not read', () => {
  const headers = new Headers({
    'x-forwarded-for': `${'::1,'.repeat(2_000)}203.0.113.9, 10.1.1.1`,
    forwarded: `${'for="[::1]",'.repeat(1_000)}for=203.0.113.9, for=10.1.1.1`,
  })
  // Each address that is read is trimmed.
  const trim = vi.spyOn(String.prototype, 'trim')
  onTestFinished(() => trim.mockRestore())
  expect(behindProxies.find(headers, '10.0.0.1')).toBe('203.0.113.9')
  expect(trim.mock.calls.length).toBeLessThan(20)
})

test('a private peer that speaks for others and is not in the list is noticed, once', () => {
  const noticed: string[] = []
  const clients = clientAddresses(['10.0.0.0/8'], (peer) => void noticed.push(peer))
  const speaking = new Headers({ 'x-forwarded-for': '203.0.113.9' })
  for (const peer of ['10.0.0.1', '192.0.2.1']) clients.find(speaking, peer)
  clients.find(new Headers(), '192.168.1.1')
  expect(noticed).toEqual([])
  for (const peer of ['192.168.1.1', '192.168.1.1', '127.0.0.1']) clients.find(speaking, peer)
  expect(noticed).toEqual(['192.168.1.1'])
})

test('a list is of addresses and networks', () => {
  for (const text of ['10.0.0.1', '10.0.0.0/8', '::1', '2001:db8::/32']) {
    expect([text, isNetwork(text)]).toEqual([text, true])
  }
  for (const text of [
    '',
    'proxy',
    '10.0.0.0/33',
    '10.0.0.0/',
    '::/129',
    '10.0.0/8',
    '10.0.0.0/8/8',
  ]) {
    expect([text, isNetwork(text)]).toEqual([text, false])
    expect(() => clientAddresses([text], nobody)).toThrow(RangeError)
  }
})
