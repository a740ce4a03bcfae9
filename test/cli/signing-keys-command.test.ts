// What an operator does with signing keys at the command line, and what a server that runs makes of it.
import { randomBytes } from 'node:crypto'
import { decodeProtectedHeader } from 'jose'
import { expect, test } from 'vitest'
import { askForAccessToken, issue, verify } from '../access-token.ts'
import { accessTokens, signUp, startServer } from '../harness.ts'
import { type Command, prepareCommand, type Ran, run } from './command.ts'

const key = (bytes: Uint8Array) => `KEY_ENCRYPTION_KEY=${Buffer.from(bytes).toString('base64')}`
const own = key(accessTokens.keyEncryptionKey)

async function prepare() {
  const command = await prepareCommand()
  expect((await run(command, 'latchkey migrate --json')).code).toBe(0)
  // The command has the time of the machine.
  const server = await startServer({ databaseUrl: command.databaseUrl, now: new Date() })
  return { command, server, token: await signUp(server) }
}

async function rotated(command: Command, line: string): Promise<string> {
  const { code, stdout, stderr } = await run(command, line)
  expect([code, stderr]).toEqual([0, ''])
  return JSON.parse(stdout).signing_key.id
}

const kidOf = (accessToken: string) => decodeProtectedHeader(accessToken).kid

test('a key that an operator makes takes over in a quarter of an hour, and no token is refused', async () => {
  const { command, server, token } = await prepare()
  const before = await issue(server, token)
  const next = await rotated(command, `${own} latchkey signing-keys rotate --json`)
  server.clock.advance({ minutes: 1 })
  expect(kidOf(await issue(server, token))).toBe(kidOf(before))
  server.clock.advance({ minutes: 3 })
  await verify(server, before)
  server.clock.advance({ minutes: 12 })
  const after = await issue(server, token)
  expect(kidOf(after)).toBe(next)
  await verify(server, after)
})

test('a key that leaked is replaced within the minute, and taken away', async () => {
  const { command, server, token } = await prepare()
  const leaked = await issue(server, token)
  const id = String(kidOf(leaked))
  const next = await rotated(command, `${own} latchkey signing-keys rotate --now --json`)
  const taken = await run(command, `latchkey signing-keys revoke ${id} --json`)
  expect([taken.code, JSON.parse(taken.stdout)]).toEqual([0, { signing_key: { id } }])
  server.clock.advance({ minutes: 1 })
  expect(kidOf(await issue(server, token))).toBe(next)
  await expect(verify(server, leaked)).rejects.toMatchObject({ code: 'ERR_JWKS_NO_MATCHING_KEY' })
})

test('a server whose key was changed signs again when an operator has made it one', async () => {
  const { command, server, token } = await prepare()
  const before = await issue(server, token)
  const changed = randomBytes(32)
  const other = await startServer({
    databaseUrl: command.databaseUrl,
    now: new Date(),
    auth: { accessTokens: { ...accessTokens, keyEncryptionKey: changed } },
  })
  expect((await askForAccessToken(other, token)).status).toBe(503)
  await rotated(command, `${key(changed)} latchkey signing-keys rotate --now --json`)
  // Its clock stands where it stood before the command was run.
  other.clock.advance({ minutes: 1 })
  const after = await issue(other, token)
  for (const each of [before, after]) await verify(other, each)
})

test('keys are listed with what they do, and without what they are', async () => {
  const { command } = await prepare()
  const empty = await run(command, 'latchkey signing-keys list --json')
  expect(JSON.parse(empty.stdout)).toEqual({ signing_keys: [] })
  const first = await rotated(command, `${own} latchkey signing-keys rotate --json`)
  const second = await rotated(command, `${own} latchkey signing-keys rotate --json`)
  const { stdout } = await run(command, 'latchkey signing-keys list --json')
  const instant = expect.stringMatching(/^\d{4}-.*Z$/)
  const known = { algorithm: 'ES256', created_at: instant, signs_from: instant }
  expect(JSON.parse(stdout)).toEqual({
    signing_keys: [
      { id: second, status: 'next', ...known },
      { id: first, status: 'signing', ...known },
    ],
  })
})

const said = ({ code, stdout, stderr }: Ran) => [code, stdout, stderr]

test('without the key, or with one that is none, no key is made, and nothing of it is said', async () => {
  const { command, server } = await prepare()
  const without = await run(command, 'latchkey signing-keys rotate')
  expect(said(without)).toEqual([1, '', expect.stringMatching(/^KEY_ENCRYPTION_KEY must be set/)])
  const wrong = await run(command, 'KEY_ENCRYPTION_KEY=hunter2 latchkey signing-keys rotate')
  expect(said(wrong)).toEqual([
    1,
    '',
    expect.stringMatching(/^KEY_ENCRYPTION_KEY must be 32 random/),
  ])
  expect(wrong.stderr).not.toContain('hunter2')
  expect(await server.auth.listSigningKeys()).toEqual([])
})

test('with another key than the servers have none is made, unless it is asked for at once', async () => {
  const { command, server } = await prepare()
  const first = await rotated(command, `${own} latchkey signing-keys rotate --json`)
  const foreign = key(randomBytes(32))
  const refused = await run(command, `${foreign} latchkey signing-keys rotate`)
  expect(said(refused)).toEqual([
    1,
    '',
    expect.stringContaining(`signing key ${first}: set the server's`),
  ])
  expect((await server.auth.listSigningKeys()).map(({ id }) => id)).toEqual([first])
  const second = await rotated(command, `${foreign} latchkey signing-keys rotate --now --json`)
  expect((await server.auth.listSigningKeys()).map(({ id }) => id)).toEqual([second, first])
})

test('neither the key that signs nor one that is not there is taken away', async () => {
  const { command, server } = await prepare()
  const id = await rotated(command, `${own} latchkey signing-keys rotate --json`)
  const last = await run(command, `latchkey signing-keys revoke ${id}`)
  expect(said(last)).toEqual([1, '', expect.stringMatching(/the key that signs/)])
  const unknown = '01a2092e-6c92-74d9-bfd5-30ed1da6763c'
  const strange = await run(command, `latchkey signing-keys revoke ${unknown}`)
  expect(said(strange)).toEqual([1, '', expect.stringMatching(/no such signing key/)])
  for (const words of ['', 'x', `${id} ${unknown}`, '--now']) {
    expect((await run(command, `latchkey signing-keys revoke ${words}`)).code).toBe(2)
  }
  expect((await server.auth.listSigningKeys()).map((key) => key.id)).toEqual([id])
})
