// What is sent where a field, a parameter or a header has its value.
import fc from 'fast-check'
import naughty from './naughty-strings.json' with { type: 'json' }

/** Text as nobody types it: the Big List of Naughty Strings, and whatever code points there are. */
export const hostileText: fc.Arbitrary<string> = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...naughty) },
  { weight: 2, arbitrary: fc.string({ unit: 'binary', maxLength: 40 }) },
  { weight: 1, arbitrary: fc.string({ unit: 'grapheme', maxLength: 40 }) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      'x'.repeat(60_000),
      'x'.repeat(70_000),
      'é'.repeat(300),
      ' '.repeat(30_000),
      `a${' '.repeat(1_000)}b`,
      'a@b.example,c@d.example',
      'a@b.example\r\nBcc: c@d.example',
      'lks_11111111111111111111111111111111111111',
      '2026-13-45T99:99:99Z',
      '+275760-09-13T00:00:00.000Z',
      '00000000-0000-0000-0000-000000000000',
    ),
  },
)

const deep = 10_000

// JSON that JSON.stringify would not write, or that is easily read wrongly.
const fragments = [
  'null',
  'true',
  '0',
  '-0',
  '1e400',
  '-1E+999',
  '0.1e-400',
  '9007199254740993',
  '1'.repeat(2_000),
  '[]',
  '[[]]',
  '["{{email}}"]',
  '[null,{"a":[]}]',
  '{}',
  '{"$ne":null}',
  '{"length":1e9}',
  '{"toString":null}',
  '{"__proto__":{"polluted":true}}',
  '{"constructor":{"prototype":{"polluted":true}}}',
  '"\\ud800"',
  '"\\udc00\\ud800"',
  '"\\u0000"',
  '"a\\u0000b@example.com"',
  `${'['.repeat(deep)}${']'.repeat(deep)}`,
  `${'{"a":'.repeat(deep)}1${'}'.repeat(deep)}`,
  // No JSON any more.
  'NaN',
  'undefined',
  '01',
  "'x'",
  '"\\x41"',
  '"\n"',
  '[1,]',
  '',
]

/** The value of a field of a JSON body, as it is written there. */
export const hostileFragment: fc.Arbitrary<string> = fc.oneof(
  hostileText.map((text) => JSON.stringify(text)),
  fc.constantFrom(...fragments),
  fc.json({ maxDepth: 3 }),
)

/** What lets a request get further: what stands in {{}} is put in from what is known when it is sent. */
export function rightFragment(field: string): string {
  return right[field] ?? '"Garden"'
}

const right: Record<string, string> = {
  email_address: '"{{email}}"',
  password: '"{{password}}"',
  password_confirmation: '"{{password}}"',
  password_challenge: '"{{password}}"',
  token: '"{{link}}"',
  scopes: '["projects:read"]',
  expires_at: 'null',
}
