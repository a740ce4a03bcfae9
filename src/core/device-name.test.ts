import Bowser from 'bowser'
import { expect, onTestFinished, test, vi } from 'vitest'
import { deviceName } from './device-name.ts'

const chrome = 'AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0'

test.each([
  [`Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) ${chrome} Safari/537.36`, 'Chrome on macOS'],
  [`Mozilla/5.0 (Linux; Android 14; Pixel 8) ${chrome} Mobile Safari/537.36`, 'Chrome on Android'],
  ['Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0', 'Firefox on Linux'],
  [
    'Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Mobile/15E148 Safari/604.1',
    'Safari on iOS',
  ],
  ['curl/8.5.0', 'curl'],
  ['okhttp/4.12.0', 'okhttp'],
  ['python-requests/2.31.0', 'python-requests'],
])('%s is called %s', (userAgent, name) => {
  expect(deviceName(userAgent)).toBe(name)
})

test.each([
  [null],
  [''],
  [' '],
  ['node'],
  ['<b>x</b>/1'],
  ['Log in at evil.example/1'],
  ['\u202eevil/1'],
  [`${'a'.repeat(33)}/1`],
])('of %j nothing is said', (userAgent) => {
  expect(deviceName(userAgent)).toBe('Unknown device')
})

test('a name is short and plain, whatever is sent', () => {
  for (const piece of ['a/', '(', 'Mozilla/5.0 ', 'version/', 'safari ', '; ', 'msie 1', '😀/1 ']) {
    expect(deviceName(piece.repeat(512).slice(0, 1_024))).toMatch(/^[\w .()!-]{1,64}$/)
  }
})

test('what a hundred devices send is parsed once, however often they are listed', () => {
  const parse = vi.spyOn(Bowser, 'parse')
  onTestFinished(() => parse.mockRestore())
  const sent = Array.from({ length: 100 }, (_, index) => `${'a'.repeat(1_000)} ${index}`)
  const list = () => sent.map(deviceName)
  const first = list()
  expect(parse).toHaveBeenCalledTimes(100)
  for (let times = 0; times < 10; times++) expect(list()).toEqual(first)
  expect(parse).toHaveBeenCalledTimes(100)
})
