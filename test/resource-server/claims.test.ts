// Whose tokens are taken, for whom, when, and of which kind.
import { expect, test } from 'vitest'
import {
  audience,
  invalidToken,
  type PublishedApi,
  serverFor,
  signed,
  startPublishedApi,
  token,
} from './published-api.ts'

type Change = Readonly<Record<string, unknown>>

async function ask(api: PublishedApi, changed: { claims?: Change; header?: Change }) {
  return serverFor(api).authenticate(`Bearer ${token(api, changed)}`)
}

async function expectRefused(api: PublishedApi, changed: { claims?: Change; header?: Change }) {
  expect([changed, await ask(api, changed)]).toEqual([changed, invalidToken])
  // What nobody signed as an access token for us is not looked up either.
  expect(api.asked).toEqual([])
}

test('another issuer’s, another service’s and a token for several are refused, and a missing name', async () => {
  const api = await startPublishedApi()
  const wrong = [undefined, null, '', 'https://evil.example', `${audience}/`, true, {}]
  for (const iss of [...wrong, `${api.url}/`, [api.url], api.url.toUpperCase()]) {
    await expectRefused(api, { claims: { iss } })
  }
  const lists = [[], [audience, 'another'], [audience, audience], [[audience]], { 0: audience }]
  for (const aud of [...wrong, ...lists, ` ${audience}`, audience.toUpperCase()]) {
    await expectRefused(api, { claims: { aud } })
  }
  expect(await ask(api, { claims: { aud: [audience] } })).toHaveProperty('userId')
})

test('an issuer that is named is the only one', async () => {
  const api = await startPublishedApi()
  const { authenticate } = serverFor(api, { issuer: 'https://app.example.com' })
  expect(await authenticate(`Bearer ${token(api)}`)).toEqual(invalidToken)
  const claims = { iss: 'https://app.example.com' }
  expect(await authenticate(`Bearer ${token(api, { claims })}`)).toHaveProperty('userId')
})

test('without a user, a session or a name of its own no token is taken', async () => {
  const api = await startPublishedApi()
  for (const name of ['sub', 'sid', 'jti']) {
    for (const value of [undefined, null, '', 7, true, ['a'], {}]) {
      await expectRefused(api, { claims: { [name]: value } })
    }
  }
})

test('scopes are a list of words, or nothing', async () => {
  const api = await startPublishedApi()
  for (const scope of ['', ' ', 'a ', ' a', 'a  b', 'a"', 'a\tb', 'é', null, 7, ['a'], {}]) {
    await expectRefused(api, { claims: { scope } })
  }
  expect(await ask(api, { claims: { scope: undefined } })).toMatchObject({ scopes: [] })
})

test('an instant is a whole number of seconds, and none may be missing', async () => {
  const api = await startPublishedApi()
  const iat = Math.floor(api.clock().getTime() / 1_000)
  const odd = [undefined, null, '', `${iat}`, [iat], {}, true, 0, -iat, iat + 0.5, 2 ** 53, 1e300]
  for (const value of odd) {
    await expectRefused(api, { claims: { iat: value } })
    await expectRefused(api, { claims: { exp: value } })
    if (value !== undefined) await expectRefused(api, { claims: { nbf: value } })
  }
  const claims = JSON.stringify({ iss: api.url, aud: audience, sub: 'u', sid: 's', jti: 'j', iat })
  const header = JSON.stringify({ alg: 'ES256', typ: 'at+jwt', kid: api.key.kid })
  const { authenticate } = serverFor(api)
  for (const exp of ['1e400', '-1e400', 'NaN', 'Infinity', `0${iat + 300}`, `+${iat + 300}`]) {
    const payload = `${claims.slice(0, -1)},"exp":${exp}}`
    expect(await authenticate(`Bearer ${signed(header, payload, api.key)}`)).toEqual(invalidToken)
  }
  const payload = `${claims.slice(0, -1)},"exp":${iat + 300}}`
  const bearer = `Bearer ${signed(header, payload, api.key)}`
  expect(await authenticate(bearer)).toHaveProperty('userId')
})

test('a token ends with its last second, and thirty more for clocks that differ', async () => {
  const api = await startPublishedApi()
  const { authenticate } = serverFor(api)
  const bearer = `Bearer ${token(api)}`
  api.clock.advance({ seconds: 329, milliseconds: 999 })
  expect(await authenticate(bearer)).toHaveProperty('userId')
  api.clock.advance({ milliseconds: 1 })
  expect(await authenticate(bearer)).toEqual(invalidToken)
})

test('a token from the future is none yet, and thirty seconds are no future', async () => {
  const api = await startPublishedApi()
  const iat = Math.floor(api.clock().getTime() / 1_000)
  for (const [ahead, isTaken] of [
    [30, true],
    [31, false],
    [86_400, false],
  ] as const) {
    const issued = { iat: iat + ahead, exp: iat + ahead + 300 }
    const starts = { nbf: iat + ahead }
    const early = { ...issued, nbf: iat }
    for (const claims of [issued, starts, early]) {
      const caller = await ask(api, { claims })
      expect([claims, 'userId' in caller]).toEqual([claims, isTaken])
    }
  }
})

test('nothing that lives for more than fifteen minutes is taken, nor what never lived', async () => {
  const api = await startPublishedApi()
  const iat = Math.floor(api.clock().getTime() / 1_000)
  for (const exp of [iat + 901, iat + 86_400, iat, iat - 1]) {
    await expectRefused(api, { claims: { exp } })
  }
  expect(await ask(api, { claims: { exp: iat + 900 } })).toHaveProperty('userId')
})

test('a token of another type is no access token, whoever signed it', async () => {
  const api = await startPublishedApi()
  for (const typ of [
    ...[undefined, null, '', 'JWT', 'jwt', 'at+JWT2', 'at', 'at+jwt ', 'application/jwt'],
    ...['application/application/at+jwt', 'text/at+jwt', 'dpop+jwt', 'secevent+jwt', 'rt+jwt'],
    ...['logout+jwt', 'jwk+jwt', ['at+jwt'], { at: 'jwt' }, 7, true],
  ]) {
    await expectRefused(api, { header: { typ } })
  }
  for (const typ of ['at+jwt', 'AT+JWT', 'application/at+jwt', 'Application/At+Jwt']) {
    expect(await ask(api, { header: { typ } })).toHaveProperty('userId')
  }
})

test('claims that nobody here knows change nothing', async () => {
  const api = await startPublishedApi()
  const claims = { client_id: 'x', cnf: { jkt: 'y' }, roles: ['admin'], scopes: ['all'] }
  expect(await ask(api, { claims })).toMatchObject({ scopes: ['reports:read'] })
})
