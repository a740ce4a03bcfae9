// 295 requests whose answers by real Rails are known, sent to a real server of ours.
import { expect, test } from 'vitest'
import { expectedChanges, readChanges, readState } from './effects.ts'
import { expectedOf } from './expected.ts'
import { type Fixture, startFixture } from './fixture.ts'
import { ownHeaders } from './headers.ts'
import { readBody } from './readable.ts'
import type { Effects } from './row.ts'
import { rows } from './rows.ts'

test.each(rows)('$id: $tries', async (row) => {
  const expected = expectedOf(row)
  const fixture = await startFixture(row.given)
  const before = await readState(fixture)
  const answer = await fixture.send(row.request)
  const body = readBody(answer, fixture.clock())
  expect({ status: answer.status, body }).toEqual({ status: expected.status, body: expected.body })

  const source = row.source ?? 'app'
  const { sharedWith } = expected.effects
  const headers = Object.fromEntries([...answer.headers].filter(([name]) => !transport.has(name)))
  expect(headers).toEqual(ownHeaders(source, { ...expected, sharedWith }))
  const requestId = answer.headers.get('x-request-id') ?? 'none'
  expect(requestId).toMatch(source === 'node' ? /^none$/ : uuid)

  const changes = await readChanges(fixture, before)
  expect(changes).toMatchObject(expectedChanges(before, expected.effects))
  await requireTokenOf(expected.effects, answer.text, fixture)
  await requireLogIns(expected.effects, fixture)
})

// What HTTP itself needs, and the id that no two requests share.
const transport = new Set([
  'connection',
  'content-length',
  'date',
  'keep-alive',
  'transfer-encoding',
  'x-request-id',
])
const uuid = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/

// The token in the answer opens the session that has begun, and there is none where none has.
async function requireTokenOf(
  { opens = [] }: Effects,
  text: string,
  { server }: Fixture,
): Promise<void> {
  const [token = ''] = /lks_\w+/.exec(text) ?? []
  const found = await server.auth.authenticate(token)
  expect(found ? [found.user.emailAddress] : []).toEqual(opens)
}

async function requireLogIns({ logIns = [] }: Effects, { server }: Fixture): Promise<void> {
  for (const { of, password, works } of logIns) {
    const { status } = await server.send('POST /v1/session', { email_address: of, password })
    expect([of, password, status]).toEqual([of, password, works ? 200 : 401])
  }
}
