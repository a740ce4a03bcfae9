// What has been done to verifiers of JWTs, done to this one. Nobody is let in, and nobody is asked for a
// key that the attacker names.
import { createHmac, createPublicKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto'
import { createServer } from 'node:http'
import { expect, onTestFinished, test } from 'vitest'
import {
  createKey,
  encode,
  goodClaims,
  invalidToken,
  type PublishedApi,
  serverFor,
  signed,
  startPublishedApi,
  token,
} from './published-api.ts'

/** Nobody is let in by it. The API is asked for its keys at most: what is not signed revokes nothing. */
async function expectRefused(api: PublishedApi, texts: readonly string[]): Promise<void> {
  expect(texts.length).toBeGreaterThan(0)
  for (const text of texts) {
    api.asked.length = 0
    expect([text, await serverFor(api).authenticate(`Bearer ${text}`)]).toEqual([
      text,
      invalidToken,
    ])
    expect([[], ['GET /.well-known/jwks.json']]).toContainEqual(api.asked)
  }
}

/** And it is seen by its form, before anybody is asked for keys. */
async function expectMalformed(api: PublishedApi, texts: readonly string[]): Promise<void> {
  for (const text of texts) {
    await expectRefused(api, [text])
    expect([text, api.asked]).toEqual([text, []])
  }
}

test('no algorithm, in any spelling, with and without a signature', async () => {
  const api = await startPublishedApi()
  const letters = [
    'none',
    'None',
    'NONE',
    'nOnE',
    'NoNe',
    'nonE',
    ' none',
    'none ',
    'none\0',
    '',
    'nonesuch',
  ]
  const odd = [
    null,
    [],
    {},
    0,
    false,
    ['none'],
    ['ES256'],
    { ES256: 1 },
    'ES256 ',
    'es256',
    'Es256',
  ]
  const texts = [...letters, ...odd, undefined].flatMap((alg) => {
    const [head, body, signature] = token(api, { header: { alg } }).split('.')
    return [
      `${head}.${body}.`,
      `${head}.${body}`,
      `${head}.${body}.${signature}`,
      `${head}.${body}.AAAA`,
    ]
  })
  await expectMalformed(api, texts)
})

test('a signature that is missing or empty is none', async () => {
  const api = await startPublishedApi()
  const [head, body, signature] = token(api).split('.')
  await expectMalformed(api, [
    `${head}.${body}.`,
    `${head}.${body}`,
    `${head}..${signature}`,
    `.${body}.${signature}`,
    `${head}.${body}.${signature}.`,
    `${head}.${body}.${signature}.${signature}`,
    `.${head}.${body}.${signature}`,
    '..',
    '.',
    '....',
  ])
})

test('the public key is no secret, in whatever form it is written', async () => {
  const api = await startPublishedApi()
  const publicKey = createPublicKey(api.key.privateKey)
  const { x = '', y = '' } = publicKey.export({ format: 'jwk' })
  const raw = Buffer.concat([Buffer.from(x, 'base64url'), Buffer.from(y, 'base64url')])
  const secrets: (string | Buffer)[] = [
    publicKey.export({ type: 'spki', format: 'pem' }),
    String(publicKey.export({ type: 'spki', format: 'pem' })).trim(),
    publicKey.export({ type: 'spki', format: 'der' }),
    raw,
    Buffer.concat([Buffer.from([4]), raw]),
    Buffer.concat([Buffer.from([2 + ((raw.at(-1) ?? 0) & 1)]), raw.subarray(0, 32)]),
    ...[JSON.stringify(api.key.jwk), JSON.stringify(api.keys), x, y, x + y, ''],
    Buffer.from(x, 'base64url'),
  ]
  const hashes = { HS256: 'sha256', HS384: 'sha384', HS512: 'sha512', ES256: 'sha256' }
  const texts = Object.entries(hashes).flatMap(([alg, hash]) => {
    const content = contentOf(token(api, { header: { alg } }))
    return secrets.map((secret) => {
      return `${content}.${createHmac(hash, secret).update(content).digest('base64url')}`
    })
  })
  await expectRefused(api, texts)
})

test('no other algorithm signs for it, whether with its own kind of key or under its name', async () => {
  const api = await startPublishedApi()
  const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey
  const others: Record<string, KeyObject> = {
    ...{ RS256: rsa, RS384: rsa, RS512: rsa, PS256: rsa, PS384: rsa, PS512: rsa },
    ES384: generateKeyPairSync('ec', { namedCurve: 'P-384' }).privateKey,
    ES512: generateKeyPairSync('ec', { namedCurve: 'P-521' }).privateKey,
    ES256K: generateKeyPairSync('ec', { namedCurve: 'secp256k1' }).privateKey,
    EdDSA: generateKeyPairSync('ed25519').privateKey,
    Ed25519: generateKeyPairSync('ed25519').privateKey,
  }
  const texts = Object.entries(others).flatMap(([name, privateKey]) =>
    [name, 'ES256'].map((alg) => {
      const content = contentOf(token(api, { header: { alg } }))
      const hash = privateKey.asymmetricKeyType === 'ed25519' ? null : 'sha256'
      const key = { key: privateKey, dsaEncoding: 'ieee-p1363' } as const
      return `${content}.${sign(hash, Buffer.from(content), key).toString('base64url')}`
    }),
  )
  await expectRefused(api, texts)
  await expectMalformed(
    api,
    Object.keys(others).map((alg) => token(api, { header: { alg } })),
  )
})

test('a key of the API that is for something else verifies nothing', async () => {
  const api = await startPublishedApi()
  const { kty, crv, x, y, kid } = api.key.jwk
  const bare = { kty, crv, x, y, kid }
  const P384 = generateKeyPairSync('ec', { namedCurve: 'P-384' }).publicKey.export({
    format: 'jwk',
  })
  for (const jwk of [
    ...['ES384', 'HS256', 'RS256', 'EdDSA', 'none', '', null].map((alg) => ({ ...bare, alg })),
    bare,
    { ...bare, alg: 'ES256', use: 'enc' },
    { ...bare, alg: 'ES256', key_ops: ['sign'] },
    { ...bare, alg: 'ES256', key_ops: [] },
    { ...bare, alg: 'ES256', crv: 'P-384' },
    // No point of the curve, and no numbers at all.
    { ...bare, alg: 'ES256', y: x },
    { ...bare, alg: 'ES256', y: 7 },
    { ...P384, kid, alg: 'ES256' },
    { kty: 'oct', k: encode('secret'), kid, alg: 'ES256' },
    { kty: 'oct', k: encode('secret'), kid, alg: 'HS256' },
    { ...api.key.privateKey.export({ format: 'jwk' }), kid, alg: 'ES256' },
    ...[undefined, null, '', 7, ['key-1'], 'key-2'].map((other) => ({
      ...api.key.jwk,
      kid: other,
    })),
  ]) {
    api.keys = { keys: [jwk] }
    await expectRefused(api, [token(api)])
  }
  api.keys = { keys: [api.key.jwk, { ...createKey().jwk }] }
  await expectRefused(api, [token(api)])
  api.keys = { keys: [{ kty: 'RSA', n: 'AQAB', e: 'AQAB', kid: 'other' }, null, 7, api.key.jwk] }
  expect(await serverFor(api).authenticate(`Bearer ${token(api)}`)).toHaveProperty('userId')
})

test('a key that comes with the token, or an address to fetch one from, is not looked at', async () => {
  const api = await startPublishedApi()
  const evil = createKey(api.key.kid)
  const visits: string[] = []
  const host = createServer((request, response) => {
    visits.push(request.url ?? '')
    response.end(JSON.stringify({ keys: [evil.jwk] }))
  }).listen(0, '127.0.0.1')
  onTestFinished(() => void host.close())
  const url = `http://127.0.0.1:${Object(host.address()).port}/keys`
  const embedded = [
    { jwk: evil.jwk },
    { jwk: { ...evil.jwk, kid: api.key.kid } },
    { jwk: api.key.jwk },
    { jwk: null },
    { jku: url },
    { jku: `${api.url}@127.0.0.1/keys` },
    { x5u: url },
    { x5c: [encode('certificate')] },
    { jku: url, jwk: evil.jwk, x5u: url, x5c: [] },
  ]
  for (const header of embedded) {
    await expectRefused(api, [token({ ...api, key: evil }, { header }), token(api, { header })])
  }
  const issuer = token({ ...api, key: evil }, { claims: { iss: url.replace('/keys', '') } })
  await expectRefused(api, [token({ ...api, key: evil }), issuer])
  expect(visits).toEqual([])
})

test('the name of a key is no path, no query, no list and no object', async () => {
  const api = await startPublishedApi()
  const kids = [
    ...['', '../../../../dev/null', '/dev/null', 'file:///dev/null', 'http://127.0.0.1/key', 'a/b'],
    ...["key-1' OR '1'='1", "' UNION SELECT 'secret' --", 'key-1; ls', '$(id)', '`id`', '| id'],
    ...['key-1\0', 'key-1\n', ' key-1', 'key-1 ', 'key-1%00', 'ｋey-1', 'k'.repeat(65)],
    ...[undefined, null, 0, 1, true, ['key-1'], { kid: 'key-1' }, [['key-1']]],
  ]
  const unknown = ['KEY-1', '__proto__', 'constructor', 'toString', 'keys', '0', 'null', '-', '_']
  for (const key of [api.key, createKey()]) {
    const named = (kid: unknown) => token({ ...api, key }, { header: { kid } })
    await expectMalformed(api, kids.map(named))
    await expectRefused(api, [...unknown, 'k'.repeat(64)].map(named))
  }
})

test('an extension that has to be understood is not, and nothing is unpacked or decrypted', async () => {
  const api = await startPublishedApi()
  await expectMalformed(
    api,
    [
      ...[{ crit: ['exp'] }, { crit: ['b64'], b64: true }, { crit: [] }, { crit: null }],
      ...[{ crit: ['x'], x: 1 }, { crit: 'exp' }, { b64: true }, { b64: false }],
      ...[{ zip: 'DEF' }, { zip: '' }, { enc: 'A256GCM' }, { enc: null }],
    ].map((header) => token(api, { header })),
  )
  const unencoded = `${encode('{"alg":"ES256","typ":"at+jwt","kid":"key-1","b64":false}')}.{}.AAAA`
  const encrypted = [encode('{"alg":"dir","enc":"A256GCM"}'), '', 'AAAA', 'AAAA', 'AAAA'].join('.')
  await expectMalformed(api, [unencoded, encrypted])
})

// The order of P-256's group.
const order = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n
const prime = 0xffffffff00000001000000000000000000000000ffffffffffffffffffffffffn

test('no signature is made of numbers that anybody knows', async () => {
  const api = await startPublishedApi()
  const known = [
    0n,
    1n,
    2n,
    order - 1n,
    order,
    order + 1n,
    2n ** 256n - 1n,
    2n ** 255n,
    prime,
    prime - 1n,
  ]
  const [r = 0n, s = 0n] = numbersOf(token(api))
  const pairs = known.flatMap((one) => [
    ...known.map((other) => [one, other]),
    ...[
      [one, s],
      [r, one],
      [s, r],
    ],
  ])
  await expectRefused(
    api,
    pairs.map(([first = 0n, second = 0n]) => withSignature(token(api), numbers(first, second))),
  )
})

test('a signature in another form, longer or shorter, is none', async () => {
  const api = await startPublishedApi()
  const good = token(api)
  const content = Buffer.from(contentOf(good))
  const raw = Buffer.from(good.split('.')[2] ?? '', 'base64url')
  const [r, s] = [raw.subarray(0, 32), raw.subarray(32)]
  const zero = Buffer.alloc(1)
  const forms = [
    sign('sha256', content, { key: api.key.privateKey, dsaEncoding: 'der' }),
    ...[[raw, zero], [zero, raw], [zero, r, zero, s], [r, zero, s], [raw, raw], [r], [s]],
    ...[
      raw.subarray(1),
      raw.subarray(0, 63),
      zero,
      Buffer.alloc(0),
      Buffer.from(raw.toString('hex')),
    ],
  ].map((form) => (Array.isArray(form) ? Buffer.concat(form) : form))
  await expectMalformed(
    api,
    forms.map((form) => withSignature(good, form)),
  )
  const backwards = [raw, r, s].map((each) => Buffer.from(each).reverse())
  await expectRefused(api, [
    withSignature(good, backwards[0] ?? zero),
    withSignature(good, Buffer.concat(backwards.slice(1))),
  ])
})

test('one bit more or less, anywhere, and it is another token', async () => {
  const api = await startPublishedApi()
  const parts = token(api)
    .split('.')
    .map((part) => Buffer.from(part, 'base64url'))
  const texts = parts.flatMap((part, index) =>
    [0, part.length >> 1, part.length - 1].flatMap((at) =>
      [1, 2, 32, 128].map((bit) => {
        const changed = Buffer.from(part)
        changed.writeUInt8(changed.readUInt8(at) ^ bit, at)
        return parts.map((each, place) => encode(place === index ? changed : each)).join('.')
      }),
    ),
  )
  await expectRefused(api, texts)
})

test('the claims of one token do not go with the signature of another', async () => {
  const api = await startPublishedApi()
  const [one, other] = [token(api), token(api, { claims: { sub: 'somebody else' } })]
  const [head, , signature] = one.split('.')
  await expectRefused(api, [`${head}.${other.split('.')[1]}.${signature}`])
})

test('a token that is none costs nothing, however long it is', async () => {
  const api = await startPublishedApi()
  const { privateKey } = api.key
  const long = 'x'.repeat(1_048_576)
  const header = JSON.stringify({ alg: 'ES256', typ: 'at+jwt', kid: api.key.kid })
  for (const text of [
    long,
    '.'.repeat(1_048_576),
    'a.'.repeat(500_000),
    token(api, { claims: { long } }),
    token(api, { claims: { long: long.slice(0, 8_192) } }),
    signed(header, '['.repeat(5_000), { privateKey }),
    signed(header, `{"a":${'['.repeat(2_500)}${']'.repeat(2_500)}`, { privateKey }),
    signed(`${'{"a":'.repeat(500)}1${'}'.repeat(500)}`, '{}', { privateKey }),
  ]) {
    expect(await serverFor(api).authenticate(`Bearer ${text}`)).toEqual(invalidToken)
  }
  expect(api.asked).toEqual([])
  const claims = { long: long.slice(0, 5_000) }
  expect(await serverFor(api).authenticate(`Bearer ${token(api, { claims })}`)).toHaveProperty(
    'userId',
  )
})

test('what comes with the claims does not reach the prototype of anything', async () => {
  const api = await startPublishedApi()
  const claims = JSON.stringify(goodClaims(api)).slice(1, -1)
  const header = JSON.stringify({ alg: 'ES256', typ: 'at+jwt', kid: api.key.kid })
  const polluting = `{${claims.replace('"sub"', '"was"')},"__proto__":{"sub":"root","admin":true}}`
  await expectRefused({ ...api, asked: [] }, [signed(header, polluting, api.key)])
  expect(Object(Object.prototype)).not.toHaveProperty('admin')
})

function contentOf(text: string): string {
  return text.slice(0, text.lastIndexOf('.'))
}

function withSignature(text: string, signature: Buffer): string {
  return `${contentOf(text)}.${signature.toString('base64url')}`
}

function numbers(r: bigint, s: bigint): Buffer {
  return Buffer.from([r, s].map((each) => each.toString(16).padStart(64, '0')).join(''), 'hex')
}

function numbersOf(text: string): bigint[] {
  const hex = Buffer.from(text.split('.')[2] ?? '', 'base64url').toString('hex')
  return [hex.slice(0, 64), hex.slice(64)].map((each) => BigInt(`0x${each}`))
}
