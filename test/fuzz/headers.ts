import fc from 'fast-check'
import { hostileText } from './values.ts'

/** Whose token is sent: TOKEN in the template of the header. */
export interface CredentialPlan {
  readonly holder: 'live' | 'dead' | 'key' | 'link'
  readonly template: string | null
}

const grammars = [
  'bearer TOKEN',
  'Token token="TOKEN", nonce="x"',
  'Bearer   TOKEN',
  'Bearer\tTOKEN',
  'Bearer "TOKEN"',
  'Bearer TOKEN, Bearer TOKEN',
  'Bearer TOKEN, Basic b25lOnR3bw==',
  'Basic b25lOnR3bw==, Bearer TOKEN',
  'Bearer TOKEN TOKEN',
  'Bearer TOKENx',
  'Bearer x TOKEN',
  'Bearer',
  'Bearer ,',
  'Bearer =',
  'Bearer token=',
  'TOKEN',
  'Basic TOKEN',
  'DPoP TOKEN',
  'Negotiate',
  'Digest username="x", realm="y"',
  'Bearer \xff\xfe',
  'Bearer \xa0TOKEN',
  `Bearer ${' '.repeat(4_000)}TOKEN`,
  `Bearer ${','.repeat(4_000)}TOKEN`,
  `Bearer ${'a'.repeat(8_000)}`,
  `Bearer TOKEN${', a'.repeat(2_000)}`,
  '',
]

export const hostileCredential: fc.Arbitrary<CredentialPlan> = fc.record({
  holder: fc.constantFrom('live', 'live', 'live', 'live', 'key', 'key', 'dead', 'link'),
  template: fc.oneof(
    { weight: 9, arbitrary: fc.constant('Bearer TOKEN') },
    { weight: 2, arbitrary: fc.constantFrom(...grammars) },
    { weight: 1, arbitrary: hostileText.map((text) => `Bearer ${latin1(text)}`) },
    { weight: 2, arbitrary: fc.constant(null) },
  ),
})

const values: Record<string, readonly string[]> = {
  'X-Request-Id': ['a', '../..', 'x'.repeat(64), 'x'.repeat(65), '{"a":1}', '', '%0d%0a', '%n%s'],
  'X-Forwarded-For': ['127.0.0.1', '1.2.3.4, 5.6.7.8', '::1', 'unknown', ','.repeat(4_000)],
  Forwarded: [
    'for=127.0.0.1;host=evil.example',
    'for="[::1]:80"',
    'for=_x',
    ';;;',
    `${'; '.repeat(3_000)}for`,
  ],
  'X-Forwarded-Host': ['evil.example'],
  'X-Original-URL': ['/v1/user'],
  'X-Rewrite-URL': ['/v1/user'],
  'X-HTTP-Method-Override': ['DELETE', 'TRACE', 'x'],
  'X-HTTP-Method': ['DELETE'],
  Origin: ['null', 'https://evil.example', 'http://localhost:3001', '', 'x'],
  'Access-Control-Request-Method': ['DELETE', ''],
  Accept: ['text/html', 'application/xml;q=0.9', '*/*;q=0', ''],
  'Accept-Encoding': ['gzip, br', 'identity;q=0, *;q=0', 'x'],
  Range: ['bytes=0-1', 'bytes=-1', 'bytes=0-,1-,2-', 'lines=1'],
  'If-None-Match': ['*', '"x"', 'W/"x", '.repeat(500)],
  'If-Match': ['*', '"x"'],
  'If-Modified-Since': ['Thu, 01 Jan 2099 00:00:00 GMT', 'x'],
  'If-Unmodified-Since': ['Thu, 01 Jan 1970 00:00:00 GMT'],
  'Content-Encoding': ['gzip', 'br', 'identity', 'x'],
  'Content-Language': ['\xe9'],
  Cookie: [
    ...[
      'token=TOKEN; __proto__=1',
      '=;=;=',
      'a'.repeat(4_000),
      '__Host-session=',
      '__Host-session',
    ],
    '__Host-session=lks_11111111111111111111111111111111111111',
    '__Host-session=a; __Host-session=b',
    '__Host-session=a;'.repeat(250),
  ],
  Expect: ['100-continue', '200-ok'],
  'User-Agent': [
    '',
    '\xff\xfe',
    'Mozilla/5.0 '.repeat(500),
    '<script>',
    '(((((((((((((((((((((((((',
  ],
  Via: ['1.1 evil'],
  TE: ['trailers', 'chunked'],
  Upgrade: ['h2c', 'websocket'],
  'Sec-Fetch-Site': ['cross-site', 'same-origin'],
  ['__proto__']: ['x'],
  constructor: ['x'],
}

/** Beside `Host`, which every request has. */
export const hostileHeaders: fc.Arbitrary<[string, string][]> = fc.array(
  fc
    .constantFrom(...Object.keys(values))
    .chain((name) =>
      fc.tuple(
        fc.constant(name),
        fc.oneof(fc.constantFrom(...(values[name] ?? [''])), hostileText.map(latin1)),
      ),
    ),
  { maxLength: 3 },
)

// What is no latin1, or would end the header, is for the tests of framing.
function latin1(text: string): string {
  const bytes = Buffer.from(text.toWellFormed()).toString('latin1')
  return bytes.replace(/\p{Cc}/gu, '').slice(0, 8_000)
}
