// One token, one text: nothing is accepted that an encoder would have written otherwise.
import {
  array,
  assert,
  asyncProperty,
  constantFrom,
  json,
  property,
  string,
  uint8Array,
} from 'fast-check'
import { expect, test } from 'vitest'
import { parseCompact } from '../../src/resource-server/compact.ts'
import { parseObject } from '../../src/resource-server/json.ts'
import {
  encode,
  goodClaims,
  invalidToken,
  serverFor,
  signed,
  startPublishedApi,
  token,
} from './published-api.ts'

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'

test('padding, blanks, the other alphabet and bits that say nothing make another text, and are refused', async () => {
  const api = await startPublishedApi()
  const good = token(api)
  const parts = good.split('.')
  const texts: string[] = []
  for (const [index, part] of parts.entries()) {
    const last = alphabet.indexOf(part.slice(-1))
    for (const changed of [
      ...['=', '==', ' ', '\n', '\t', '\r\n', '%3D', 'A', '\0', '\u200b', '!'].map(
        (end) => part + end,
      ),
      ...[`=${part}`, ` ${part}`, `\n${part}`, `${part.slice(0, 5)} ${part.slice(5)}`],
      ...[`${part.slice(0, 5)}\n${part.slice(5)}`, part.replace(/^e/, 'ｅ'), `${part}+/`],
      ...Array.from({ length: 15 }, (_, bits) => part.slice(0, -1) + alphabet[last ^ (bits + 1)]),
    ]) {
      texts.push(parts.map((each, place) => (place === index ? changed : each)).join('.'))
    }
  }
  // Blanks behind the scheme are the header's.
  for (const text of texts.filter((each) => each.trimStart() !== good)) {
    const caller = await serverFor(api).authenticate(`Bearer ${text}`)
    expect([text, caller]).toEqual([text, invalidToken])
  }
  expect(await serverFor(api).authenticate(`Bearer ${good}`)).toHaveProperty('userId')
})

test('a name that stands twice is refused, however it is spelled and wherever it stands', async () => {
  const api = await startPublishedApi()
  const head = JSON.stringify({ alg: 'ES256', typ: 'at+jwt', kid: api.key.kid })
  const body = JSON.stringify(goodClaims(api))
  const added = (json: string, member: string) => `${json.slice(0, -1)},${member}}`
  const { authenticate } = serverFor(api)
  for (const [header, payload] of [
    [added(head, '"alg":"ES256"'), body],
    [added(head, '"alg":"none"'), body],
    [added(head, '"\\u0061lg":"ES256"'), body],
    [added(head, '"kid" : "key-1"'), body],
    [head, added(body, '"sub":"root"')],
    [head, added(body, '"s\\u0075b":"root"')],
    [head, added(body, '"sub"\n\t\r :"root"')],
    [head, added(body, '"a":{"b":1,"b":1}')],
    [head, added(body, '"a":[{"b":1},{"b":1,"c":2,"b":1}]')],
    [head, added(body, '"__proto__":1,"__proto__":1')],
    [head, added(body, '"":1,"":1')],
    [head, added(body, '"a\\"":1,"a\\"":1')],
    [head, added(body, '"é":1,"\\u00e9":1')],
  ] as const) {
    const caller = await authenticate(`Bearer ${signed(header, payload, api.key)}`)
    expect([header, payload, caller]).toEqual([header, payload, invalidToken])
  }
  expect(api.asked).toEqual([])
  for (const member of [
    '"a":{"b":1},"c":{"b":1}',
    '"a":"\\"sub\\":"',
    '"a":["sub","sub"]',
    '"SUB":1',
    '"a\\\\":1,"a":":"',
    '"é":1,"e\\u0301":1',
  ]) {
    const text = signed(head, added(body, member), api.key)
    expect([member, await authenticate(`Bearer ${text}`)]).toEqual([
      member,
      expect.objectContaining({ jti: 'j1' }),
    ])
  }
})

test('header and claims are objects of JSON in UTF-8, and nothing that is nearly so', async () => {
  const api = await startPublishedApi()
  const head = JSON.stringify({ alg: 'ES256', typ: 'at+jwt', kid: api.key.kid })
  const body = JSON.stringify(goodClaims(api))
  const odd = (json: string) => [
    ...['', ' ', 'null', '1', '"a"', '[]', `[${json}]`, JSON.stringify(json), 'true', '{}', '{'],
    ...[
      `${json}${json}`,
      `${json},`,
      `${json}x`,
      `${json}\0`,
      `\ufeff${json}`,
      `${json.slice(0, -1)},}`,
    ],
    ...[json.replaceAll('"', "'"), json.replace('{"', '{'), `/**/${json}`, `${json}//`],
    ...[
      Buffer.from(json, 'utf16le'),
      Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), Buffer.from(json)]),
      Buffer.from(`${json.slice(0, -1)},"a":"\xff"}`, 'latin1'),
      Buffer.from(`${json.slice(0, -1)},"a":"\xc0\xaf"}`, 'latin1'),
      Buffer.from(`${json.slice(0, -1)},"a":"\xed\xa0\x80"}`, 'latin1'),
    ],
  ]
  const { authenticate } = serverFor(api)
  for (const text of [
    ...odd(head).map((each) => signed(each, body, api.key)),
    ...odd(body).map((each) => signed(head, each, api.key)),
  ]) {
    expect([text, await authenticate(`Bearer ${text}`)]).toEqual([text, invalidToken])
  }
  const spaced = signed(JSON.stringify(JSON.parse(head), null, 2), ` ${body}\n`, api.key)
  expect(await authenticate(`Bearer ${spaced}`)).toHaveProperty('userId')
})

test('whatever is sent, there is an answer, and it is a refusal', async () => {
  const api = await startPublishedApi()
  const { authenticate } = serverFor(api)
  const good = token(api).split('.')
  const part = string({ unit: 'binary', maxLength: 40 })
  const piece = constantFrom(...good, '', '=', '.', 'eyJ', '{}', 'AA', 'AB', encode('{}'))
  const noise = array(
    part.chain((odd) => constantFrom(odd, encode(odd))),
    { maxLength: 4 },
  )
  const mixed = array(piece, { maxLength: 5 })
  for (const parts of [noise, mixed]) {
    await assert(
      asyncProperty(parts, constantFrom('.', '', ' .'), async (pieces, between) => {
        const text = pieces.join(between)
        if (text === good.join('.')) return
        expect(await authenticate(`Bearer ${text}`)).toMatchObject({ status: 401 })
      }),
      { numRuns: 200 },
    )
  }
})

test('what is read is what an encoder writes: decoded and encoded again it is the same text', () => {
  const header = encode('{"alg":"ES256","kid":"a"}')
  const texts = array(constantFrom(...alphabet, '=', '+', '/', ' '), {
    minLength: 1,
    maxLength: 12,
  })
  const signature = encode(Buffer.alloc(64))
  let read = 0
  assert(
    property(texts, (characters) => {
      const text = characters.join('')
      const compact = parseCompact(`${header}.${text}.${signature}`)
      const isCanonical = Buffer.from(text, 'base64url').toString('base64url') === text
      expect([text, compact !== null]).toEqual([text, isCanonical])
      read += compact ? 1 : 0
    }),
    { numRuns: 2_000 },
  )
  expect(read).toBeGreaterThan(100)
  assert(
    property(uint8Array({ minLength: 1, maxLength: 64 }), (bytes) => {
      const compact = parseCompact(`${header}.${encode(Buffer.from(bytes))}.${signature}`)
      expect(compact?.payload).toEqual(new Uint8Array(bytes))
    }),
  )
})

test('an object of JSON is read as it is, and with one of its names twice it is not', () => {
  assert(
    property(json(), string(), (text, name) => {
      const value: unknown = JSON.parse(text)
      const isObject = typeof value === 'object' && value !== null && !Array.isArray(value)
      // The generator of texts writes no name twice.
      expect(parseObject(Buffer.from(text))).toEqual(
        isObject ? new Map(Object.entries(Object(value))) : null,
      )
      const member = `${JSON.stringify(name)}:${text}`
      expect(parseObject(Buffer.from(`{${member}}`))).toEqual(new Map([[name, value]]))
      expect(parseObject(Buffer.from(`{${member},${member}}`))).toBeNull()
      expect(parseObject(Buffer.from(`{"a":[{${member},${member}}]}`))).toBeNull()
    }),
    { numRuns: 500 },
  )
})

test('bytes that are anything are an object or nothing, and never an exception', () => {
  assert(
    property(uint8Array({ maxLength: 200 }), (bytes) => {
      const read = parseObject(bytes)
      expect(read === null || read instanceof Map).toBe(true)
    }),
    { numRuns: 1_000 },
  )
})
