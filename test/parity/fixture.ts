import { once } from 'node:events'
import { type Log, nodeServer } from 'latchkey/server'
import { type Clock, movableClock } from 'latchkey/testing'
import { expect, onTestFinished } from 'vitest'
import { bearer, mailedToken, type Server, startServer } from '../harness.ts'
import { seededProjects } from './project-list.ts'
import type { RowRequest, Spoiling, Step, TokenName } from './row.ts'
import { exchange, type WireAnswer } from './wire.ts'

/** A server on a socket with the users that every row finds, one with projects and two without. */
export interface Fixture {
  readonly server: Server
  readonly clock: Clock
  readonly tokens: Map<TokenName, string>
  send(request: RowRequest): Promise<WireAnswer>
}

export async function startFixture(given: readonly Step[] = []): Promise<Fixture> {
  const clock = movableClock(new Date('2025-01-02T03:04:05.678Z'))
  const server = await startServer({
    auth: { clock, passwords: { rejectCommon: false } },
    app: { corsOrigins: ['http://localhost:3001', 'http://127.0.0.1:3001'], log: silent },
  })
  const port = await listen(server)
  const tokens = new Map<TokenName, string>()
  const send = (request: RowRequest) => exchange(port, toWire(request, tokens))
  const fixture = { server, clock, tokens, send }
  const people: Step[] = [
    { signsUp: 'one@example.com', password: 'password', as: '$ONE' },
    { signsUp: 'two@example.com', password: 'password', as: '$TWO' },
  ]
  for (const step of people) await take(fixture, step)
  for (const project of seededProjects) {
    await server.send('POST /v1/projects', project, bearer(tokens.get('$ONE') ?? ''))
  }
  clock.advance({ minutes: 1 })
  for (const step of given) await take(fixture, step)
  return fixture
}

// A fault is seen by its status; the warning of an unknown proxy is none.
const silent: Log = { info() {}, error() {} }

async function listen({ app }: Server): Promise<number> {
  const http = nodeServer(app).listen(0, '127.0.0.1')
  await once(http, 'listening')
  onTestFinished(() => {
    http.close()
    http.closeAllConnections()
  })
  return Number(Object(http.address()).port)
}

async function take(fixture: Fixture, step: Step): Promise<void> {
  const { server, clock, tokens } = fixture
  if ('signsUp' in step) {
    const person = { email_address: step.signsUp, password: step.password }
    keep(tokens, step.as, (await server.send('POST /v1/registrations', person)).body.token)
  } else if ('logsIn' in step) {
    const person = { email_address: step.logsIn, password: 'password' }
    keep(tokens, step.as, (await server.send('POST /v1/session', person)).body.token)
  } else if ('getsLink' in step) {
    await server.auth.requestPasswordReset(step.getsLink)
    await server.outbox.deliverDue()
    keep(tokens, step.as, mailedToken(server))
  } else if ('spoils' in step) {
    tokens.set(step.as, spoil(tokens.get(step.spoils) ?? '', step.how))
  } else if ('sends' in step) {
    expect((await fixture.send(step.sends)).status).toBe(step.answered)
    await server.outbox.deliverDue()
  } else if ('disappears' in step) {
    await server.database.transaction((transaction) =>
      transaction.query('DELETE FROM users WHERE email_address = $1', [step.disappears]),
    )
  } else clock.advance({ milliseconds: step.secondsPass * 1_000 })
}

// A step that failed would make every refusal afterwards look right.
function keep(tokens: Map<TokenName, string>, name: TokenName, token: unknown): void {
  expect(token).toMatch(/^lk[sr]_/)
  tokens.set(name, String(token))
}

function spoil(token: string, how: Spoiling): string {
  const replaceAt = (index: number) =>
    token.slice(0, index) + (token.at(index) === '2' ? '3' : '2') + token.slice(index + 1)
  switch (how) {
    case 'in the middle':
      return replaceAt(10)
    case 'at the end':
      return replaceAt(token.length - 1)
    case 'cut':
      return token.slice(0, -1)
    case 'percent-encoded':
      return token.replace('_', '%5F')
  }
}

function toWire(request: RowRequest, tokens: ReadonlyMap<TokenName, string>) {
  const { line, version = '1.1', host = 'localhost', headers, body = '' } = request
  const fill = (text: string) =>
    [...tokens].reduce((filled, [name, token]) => filled.replaceAll(name, token), text)
  const bytes = Buffer.from(typeof body === 'string' ? fill(body) : body)
  const head = [
    `${fill(line)} HTTP/${version}`,
    ...(host === null ? [] : [`Host: ${host}`]),
    ...headers.map(fill),
    ...(bytes.length === 0 ? [] : [`Content-Length: ${bytes.length}`]),
  ]
  expect(head.join(), 'a name that no step has given a token').not.toMatch(/\$[A-Z]/)
  return { head, body: bytes }
}
