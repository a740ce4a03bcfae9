// Who can set cookies beside the session's, on a neighbouring host or over plain http, can put no other in
// its place: on a socket, since a `Request` shows less.
import { expect, test } from 'vitest'
import { bearer, type Server, signUp } from '../harness.ts'
import { listenRaw, type RawServer } from './raw-server.ts'

interface Held {
  readonly raw: RawServer
  readonly server: Server
  readonly anns: string
  readonly bobs: string
}

async function hold(): Promise<Held> {
  const raw = await listenRaw({ corsOrigins: ['https://app.example.com'] })
  const { server } = raw
  const anns = await signUp(server)
  const bobs = await signUp(server, {
    email_address: 'bob@example.com',
    password: 'correct horse battery',
  })
  return { raw, server, anns, bobs }
}

/** Who a request is taken for, by a read that takes the short way and by a change that, escaped, takes the long. */
async function askAs({ raw, anns, bobs }: Held, ...lines: string[]): Promise<string> {
  const filled = lines.map((line) => line.replaceAll('ANN', anns).replaceAll('BOB', bobs))
  const read = await raw.exchange(request('GET /v1/user', [...filled]))
  const changed = await raw.exchange(
    request('POST /v1/%65mail_verifications', [...filled, 'Sec-Fetch-Site: same-origin']),
  )
  const [, name] = /"email_address":"(\w+)@example.com"/.exec(read.answer) ?? []
  const [, code] = /"code":"(\w+)"/.exec(read.answer) ?? []
  const [, changedCode = 'done'] = /"code":"(\w+)"/.exec(changed.answer) ?? []
  expect([lines, changed.statuses, changedCode]).toEqual([
    lines,
    [name === undefined ? 401 : 202],
    name === undefined ? code : 'done',
  ])
  return name ?? code ?? 'nothing'
}

function request(line: string, headers: readonly string[]): string {
  const all = ['Host: localhost', 'Connection: close', ...headers]
  return `${line} HTTP/1.1\r\n${all.join('\r\n')}\r\n\r\n`
}

test.each([
  ['Cookie: __Host-session=ANN'],
  ['cookie: __Host-session=ANN'],
  ['Cookie:__Host-session=ANN'],
  ['Cookie: \t __Host-session=ANN \t '],
  ['Cookie: a=b; __Host-session=ANN; c=d'],
  ['Cookie: a=b;__Host-session=ANN;c=d'],
  ['Cookie: ;; ;__Host-session=ANN;;'],
  ['Cookie: __Host-session = ANN'],
  ['Cookie: x; __Host-session=ANN; y'],
  ['Cookie: __Host-session2; __Host-session=ANN'],
  ['Cookie: a="; b="; __Host-session=ANN'],
  ['Cookie: a=__Host-session; __Host-session=ANN; b=__Host-session=BOB'],
])('%s is ann', async (line) => {
  expect(await askAs(await hold(), line)).toBe('ann')
})

test.each([
  ['no cookie of that name', 'Cookie: session=ANN'],
  ['a part of the name', 'Cookie: Host-session=ANN; __Host-sessio=ANN; __Host-session2=ANN'],
  ['the name in another case', 'Cookie: __host-session=ANN'],
  ['the name in another case still', 'Cookie: __HOST-SESSION=ANN; __Host-Session=ANN'],
  ['the name escaped', 'Cookie: __Host%2dsession=ANN'],
  ['the name in quotes', 'Cookie: "__Host-session"=ANN'],
  ['the name behind a no-break space', 'Cookie: \xa0__Host-session=ANN'],
  ['the name behind a wide space', 'Cookie: \xe2\x80\x80__Host-session=ANN'],
  ['the name behind a byte order mark', 'Cookie: \xef\xbb\xbf__Host-session=ANN'],
  ['a name alone', 'Cookie: __Host-session'],
  ['a value alone that says so', 'Cookie: =__Host-session=ANN'],
  ['another’s value', 'Cookie: a=__Host-session=ANN'],
  ['a cookie of the version before', 'Cookie: $Version=1; $__Host-session=ANN'],
  ['another header', 'Cookie2: __Host-session=ANN'],
])('%s is nobody', async (_what, line) => {
  expect(await askAs(await hold(), line)).toBe('unauthenticated')
})

test.each([
  ['two of the name', 'Cookie: __Host-session=ANN; __Host-session=BOB'],
  ['the same twice', 'Cookie: __Host-session=ANN; __Host-session=ANN'],
  ['one that is good, and one that is none', 'Cookie: __Host-session=ANN; __Host-session=x'],
  ['one that is none, and one that is good', 'Cookie: __Host-session=; __Host-session=ANN'],
  ['one beside it in another case', 'Cookie: __Host-session=ANN; __host-session=BOB'],
  ['one before it in another case', 'Cookie: __HOST-SESSION=BOB; a=b; __Host-session=ANN'],
  ['two with others in between', 'Cookie: __Host-session=ANN; a=b; c; ; __Host-session=BOB'],
  ['an empty value', 'Cookie: __Host-session='],
  ['a value behind a no-break space', 'Cookie: __Host-session=\xa0ANN'],
  ['a value before a no-break space', 'Cookie: __Host-session=ANN\xa0'],
  ['a value in quotes', 'Cookie: __Host-session="ANN"'],
  ['a value that goes on', 'Cookie: __Host-session=ANN BOB'],
  ['a value behind a comma', 'Cookie: __Host-session=ANN, __Host-session=BOB'],
  ['a value that is escaped', 'Cookie: __Host-session=%6cks_ANN'],
  ['a value with a sign of equality', 'Cookie: __Host-session==ANN'],
  ['a scheme before the value', 'Cookie: __Host-session=Bearer ANN'],
])('%s is refused, and nobody', async (_what, line) => {
  expect(await askAs(await hold(), line)).toBe('invalid_token')
})

test('of two Cookie headers each counts, by the short way and by the long', async () => {
  const held = await hold()
  const both = ['Cookie: __Host-session=ANN', 'Cookie: __Host-session=BOB'] as const
  expect(await askAs(held, ...both)).toBe('invalid_token')
  expect(await askAs(held, ...both.toReversed())).toBe('invalid_token')
  expect(await askAs(held, both[0], 'Cookie: a=b')).toBe('ann')
  expect(await askAs(held, 'Cookie: a=b', both[1])).toBe('bob')
  expect(await askAs(held, both[0], 'COOKIE: __host-session=BOB')).toBe('invalid_token')
})

test('two of them learn from a hostile page no more than one: the page is refused first', async () => {
  const { raw, anns, bobs } = await hold()
  for (const cookie of [`${anns}; __Host-session=${bobs}`, anns, 'x', '']) {
    const headers = [`Cookie: __Host-session=${cookie}`, 'Origin: https://evil.example']
    const { statuses, answer } = await raw.exchange(request('DELETE /v1/session', headers))
    expect([statuses, answer.includes('"code":"csrf"')]).toEqual([[403], true])
  }
})

test.each([
  ['Sec-Fetch-Site: same-origin', 'Sec-Fetch-Site: cross-site'],
  ['Sec-Fetch-Site: same-origin', 'Sec-Fetch-Site: same-origin'],
  ['Sec-Fetch-Site: cross-site', 'sec-fetch-site: same-origin'],
  ['Origin: https://app.example.com', 'Origin: https://evil.example'],
  ['Origin: https://evil.example', 'ORIGIN: https://app.example.com'],
  ['Origin: https://app.example.com', 'Origin: https://app.example.com'],
])('%s beside %s lets nothing through', async (...lines) => {
  const { raw, server, anns } = await hold()
  const headers = [`Cookie: __Host-session=${anns}`, ...lines]
  const { statuses } = await raw.exchange(request('DELETE /v1/session', headers))
  expect(statuses).toEqual([403])
  expect((await server.send('GET /v1/session', undefined, bearer(anns))).status).toBe(200)
})

test('one listed origin on the wire lets a request through, and one of its own', async () => {
  for (const line of ['Origin: https://app.example.com', 'Sec-Fetch-Site: same-origin']) {
    const { raw, anns } = await hold()
    const headers = [`Cookie: __Host-session=${anns}`, line]
    const { statuses, answer } = await raw.exchange(request('DELETE /v1/session', headers))
    expect([line, statuses]).toEqual([line, [200]])
    expect(answer.match(/^set-cookie: __Host-session=; /gim)).toHaveLength(1)
    expect(answer).toMatch(/^clear-site-data: "cache", "storage"\r$/im)
  }
})

test('an empty Authorization header on the wire is one: the cookie beside it counts for nothing', async () => {
  const held = await hold()
  for (const line of ['Authorization:', 'Authorization: ', 'Authorization: Basic YTpi']) {
    expect(await askAs(held, line, 'Cookie: __Host-session=ANN')).toBe('unauthenticated')
  }
  expect(await askAs(held, 'Authorization: Bearer BOB', 'Cookie: __Host-session=ANN')).toBe('bob')
})
