// The token in a mail is in that mail: not in the database, its log or ours, whatever becomes of it.
import { readdirSync, readFileSync } from 'node:fs'
import { dirname } from 'node:path'
import type { Database } from 'latchkey/server'
import { smtp } from 'latchkey/smtp'
import { expect, inject, test } from 'vitest'
import type { Server } from '../harness.ts'
import { startSending, tokenIn } from './outbox-harness.ts'
import { parseMail } from './parsed-mail.ts'
import { startMailServer } from './smtp-harness.ts'

// Everything that the database keeps: its files, or where those are not ours every row.
async function contentsOf({ database }: Server): Promise<string[]> {
  if (inject('database') === 'postgres') return rowsOf(database)
  const [[file] = []] = await database.query('SELECT file FROM pragma_database_list')
  const folder = dirname(String(file))
  return readdirSync(folder).map((name) => readFileSync(`${folder}/${name}`, 'latin1'))
}

async function rowsOf(database: Database): Promise<string[]> {
  const tables = await database.query(
    'SELECT table_name FROM information_schema.tables WHERE table_schema = current_schema()',
  )
  const rows = tables.map(([name]) => database.query(`SELECT ${name}::text FROM ${name}`))
  return (await Promise.all(rows)).flat(2).map(String)
}

function tokenOnWire(wire: string | undefined): string {
  return tokenIn(parseMail(wire?.replace(/^\.\./gm, '.') ?? ''))
}

test('nothing that the database keeps holds the token of a mail that was sent, or may have been', async () => {
  const mailServer = await startMailServer()
  const server = await startSending(smtp({ url: mailServer.url }))
  const { ask, auth, clock, log, outbox, redeems, signUp } = server
  await signUp('ann', 'bob')
  await ask('ann')
  await outbox.deliverDue()
  mailServer.sabotage = (step) => (step === 'accepted' ? 'drop' : 'pass')
  await ask('bob')
  await outbox.deliverDue()
  clock.advance({ minutes: 1 })
  await outbox.deliverDue()
  const tokens = mailServer.wire.map(tokenOnWire)
  expect(tokens).toEqual([1, 2, 3].map(() => expect.stringMatching(/^lkr_\w{38}$/)))
  for (const token of tokens) expect(await auth.isPasswordResetLive(token)).toBe(true)
  await redeems({ text: tokens[0] ?? '' })
  const contents = await contentsOf(server)
  expect(contents.length).toBeGreaterThanOrEqual(2)
  const everything = [...contents, ...log].join('\n')
  expect(everything).toContain('bob@example.com')
  for (const token of tokens) expectAbsent(everything, token)
})

// The server says no with the mail in its mouth: as it came, in one line, or encoded.
test.each<[string, (wire: string) => string]>([
  ['as it came', (wire) => `${wire.replace(/\r\n(?!$)/g, '\r\n554-').replace(/^/, '554-')}554 no`],
  ['in one line', (wire) => `554 no: ${wire.replace(/[\r\n]+/g, ' ')}`],
  ['with its lines joined', (wire) => `554 no: ${wire.replace(/=?\r\n/g, '')}`],
  [
    'as pieces of its link',
    (wire) => `554-${inPieces(tokenOnWire(wire)).join('\r\n554-')}\r\n554 no`,
  ],
  ['as the text of its link', (wire) => `554 spam: ${tokenOnWire(wire)}`],
  ['in base64', (wire) => `554 spam: ${Buffer.from(tokenOnWire(wire)).toString('base64')}`],
])(
  'a server that quotes the mail %s when it refuses teaches nobody the token',
  async (_how, no) => {
    const mailServer = await startMailServer()
    const server = await startSending(smtp({ url: mailServer.url }))
    await server.signUp('ann')
    await server.ask('ann')
    mailServer.sabotage = (step) =>
      step === 'dot' ? { reply: no(mailServer.wire.at(-1) ?? '') } : 'pass'
    await server.outbox.deliverDue()
    const [message] = await server.messages()
    expect(message?.status).toBe('failed')
    expect(message?.lastError).toContain('Message failed: 554')
    const token = tokenOnWire(mailServer.wire[0])
    expect(token).toMatch(/^lkr_/)
    expectAbsent([...(await contentsOf(server)), ...server.log].join('\n'), token)
  },
)

test('what a server says of an address is kept with the mail, without what a terminal obeys, and no log has it', async () => {
  const mailServer = await startMailServer()
  const server = await startSending(smtp({ url: mailServer.url }))
  await server.signUp('ann')
  await server.ask('ann')
  const reply = '554 <ann@example.com>: \x1b[31mno such user'
  mailServer.sabotage = (step) => (step === 'dot' ? { reply } : 'pass')
  await server.outbox.deliverDue()
  const [message] = await server.messages()
  expect(message?.lastError).toContain('554 <ann@example.com>:  [31mno such user')
  const said = server.log.join('\n')
  expect(said).toContain('no such user')
  expect(said).not.toContain('ann@example.com')
})

// Each too short to be taken for a secret by its length.
function inPieces(token: string): string[] {
  return [token.slice(0, 16), token.slice(16, 28), token.slice(28)]
}

function expectAbsent(text: string, token: string) {
  for (const part of [token, token.slice(4, 16), token.slice(16, 28), token.slice(28)]) {
    expect(text).not.toContain(part)
    expect(text).not.toContain(Buffer.from(part).toString('base64').slice(0, 12))
    expect(text).not.toContain(Buffer.from(part).toString('hex'))
  }
}
