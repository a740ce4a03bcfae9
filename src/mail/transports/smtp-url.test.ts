import { expect, test } from 'vitest'
import { parseSmtpUrl } from './smtp-url.ts'

const host = 'smtp.example.com'

test.each([
  [`smtps://${host}`, { host, port: 465, encryption: 'implicit', credentials: null }],
  [`smtp://${host}`, { host, port: 587, encryption: 'required', credentials: null }],
  [`smtp://${host}:25/`, { host, port: 25, encryption: 'required', credentials: null }],
  [
    `smtps://ann:secret@${host}:2465`,
    { host, port: 2465, encryption: 'implicit', credentials: { user: 'ann', password: 'secret' } },
  ],
  [
    `smtp://ann%40work:p%3A%40%2F%C3%A4@${host}`,
    {
      host,
      port: 587,
      encryption: 'required',
      credentials: { user: 'ann@work', password: 'p:@/ä' },
    },
  ],
])('%s', (url, server) => {
  expect(parseSmtpUrl(url)).toEqual(server)
})

test.each(['localhost', '127.0.0.1', '127.255.0.9', '[::1]'])(
  'on this machine, at %s, TLS is used where it is offered',
  (name) => {
    expect(parseSmtpUrl(`smtp://${name}:1025`)?.encryption).toBe('offered')
    expect(parseSmtpUrl(`smtps://${name}`)?.encryption).toBe('implicit')
  },
)

test.each([
  'localhost.example.com',
  'my-localhost',
  'localhost.',
  'LOCALHOST',
  '127.0.0.1.example.com',
  '127.0.0',
  '128.0.0.1',
  '0.0.0.0',
  '[::]',
  '[::ffff:127.0.0.1]',
  '10.127.0.0.1',
])('at %s, TLS is demanded', (name) => {
  expect(parseSmtpUrl(`smtp://${name}`)?.encryption).toBe('required')
})

test('an address of IPv6 is a host without its brackets', () => {
  expect(parseSmtpUrl('smtps://[2001:db8::1]:465')?.host).toBe('2001:db8::1')
})

test.each([
  '',
  host,
  `http://${host}`,
  `smtp:${host}`,
  'smtp://',
  'smtp://:25',
  `smtp://${host}:0`,
  `smtp://${host}:65536`,
  `smtp://${host}/inbox`,
  `smtp://${host}?tls=no`,
  `smtp://${host}#x`,
  `smtp://%ff@${host}`,
  `smtp://ann:%ff@${host}`,
  `smtp://ann@${host}`,
  `smtp://ann:@${host}`,
  `smtp://:secret@${host}`,
])('%j is no SMTP server', (url) => {
  expect(parseSmtpUrl(url)).toBeNull()
})
