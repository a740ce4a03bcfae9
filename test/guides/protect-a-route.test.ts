// The guide to protected routes: its table is what its code answers.
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { blocksOf, compile, packageFolder, said } from './guide.ts'

const page = 'docs/guides/protect-a-route.md'
const [notes = '', app = '', signature = '', ...servers] = blocksOf(page, 'ts')
const [fastify = '', express = '', hono = '', closed = '', ...others] = servers

// The application of the guide, with what a reader would send to it.
const asked = `
import { createMailbox, createOutbox } from 'latchkey/server'
import { app, auth } from './app.ts'
import { build as inExpress } from './express.ts'
import { build as inFastify } from './fastify.ts'
import { build as inHono } from './hono.ts'
import { nodeServer } from 'latchkey/server'

const password = 'correct horse battery'
const mailbox = createMailbox()
const outbox = createOutbox(auth, { transport: mailbox, from: 'a@example.com', appUrl: 'https://app.example.com' })
const send = async (line, fields, token) => {
  const [method, path = ''] = line.split(' ')
  const headers = token ? { authorization: 'Bearer ' + token } : {}
  const body = fields ? { body: new URLSearchParams(fields) } : {}
  const answer = await app.request(path, { method, headers, ...body })
  const text = await answer.text()
  const read = text ? JSON.parse(text) : {}
  return { read, said: answer.status + (read.code && answer.status === 403 ? ' ' + read.code : '') }
}
const { token } = (await send('POST /v1/registrations', { email_address: 'ann@example.com', password })).read
await send('POST /v1/email_verifications', {}, token)
await outbox.deliverDue()
const [, proof = ''] = /(lkv_\\w+)/.exec(mailbox.mails[0]?.text ?? '') ?? []
await send('PUT /v1/email_verifications', { token: proof }, token)
const create = async (scope) =>
  (await send('POST /v1/api_keys', { name: scope, scopes: scope }, token)).read.token
const [key, other] = [await create('notes:read'), await create('notes:other')]
const lines = ['GET /welcome', 'GET /notes', 'GET /signature', 'DELETE /notes']
const row = async (token) =>
  (await Promise.all(lines.map(async (line) => (await send(line, null, token)).said))).join(' | ')
console.log(await row())
console.log((await send('GET /signature', null, token)).read.signature)
console.log((await send('GET /welcome', null, token)).read.greeting)
console.log((await send('DELETE /notes', null, token)).said)
globalThis.now = new Date(Date.now() + 600_000)
console.log(await row(token))
console.log((await send('DELETE /notes', { password_challenge: password }, token)).said)
console.log(await row(key))
console.log(await row(other))

const fastify = await inFastify()
await fastify.listen({ port: 0, host: '127.0.0.1' })
const express = inExpress().listen(0, '127.0.0.1')
const hono = nodeServer(inHono()).listen(0, '127.0.0.1')
await Promise.all([express, hono].map((each) => each.listening || new Promise((resolve) => each.once('listening', resolve))))
for (const { port } of [fastify.server.address(), express.address(), hono.address()]) {
  const ask = async (method, path, token) => {
    const headers = token ? { authorization: 'Bearer ' + token } : {}
    return (await fetch('http://127.0.0.1:' + port + path, { method, headers })).status
  }
  for (const each of ['', token, key, other]) {
    const own = [ask('GET', '/greeting', each), ask('GET', '/mine', each), ask('GET', '/list', each)]
    console.log(...(await Promise.all(own)), await ask('DELETE', '/all', each))
  }
}
process.exit()
`

function prepare(): string {
  const clock = 'clock: () => Object(globalThis).now ?? new Date(), '
  return packageFolder({
    'notes.ts': notes,
    // The other scope is for the row of the table that lacks it.
    'app.ts': app
      .replace('createAuth({ ', `createAuth({ ${clock}`)
      .replace('apiKeys: { scopes }', "apiKeys: { scopes: [...scopes, 'notes:other'] }"),
    'signature.ts': signature,
    'fastify.ts': fastify,
    'express.ts': express,
    'hono.ts': hono,
    'closed.test.ts': closed,
    'asked.js': asked,
  })
}

test('the routes of the guide compile, and answer as its table says', async () => {
  expect(others).toEqual([])
  const folder = prepare()
  await compile(folder)
  const [nobody, signs, greets, young, stale, challenged, key, other, ...inServers] = await said(
    folder,
    'asked.js',
  )
  expect([signs, greets, young]).toEqual(['ann@example.com', 'Welcome, whoever you are', '204'])
  const text = readFileSync(page, 'utf8').replaceAll('`', '')
  const [, table = ''] = /DELETE \/notes \|\n\| --- .*\n([\s\S]*?)\n\n/.exec(text) ?? []
  expect(table.split('\n')).toEqual([
    `| nobody | ${nobody} |`,
    `| a session, ten minutes after its log-in | ${stale} |`,
    `| the same, with password_challenge in the body | | | | ${challenged} |`,
    `| a key with notes:read | ${key} |`,
    `| a key with another scope | ${other} |`,
  ])
  // Opened, of a session, of a key too, fresh.
  const inEach = ['200 401 401 401', '200 200 200 403', '200 403 200 403', '200 403 403 403']
  expect(inServers).toEqual([...inEach, ...inEach, ...inEach])
}, 60_000)

test('the test of the guide passes for its routes, and fails for one that was opened', async () => {
  const folder = prepare()
  expect((await said(folder, 'closed.test.ts')).join('\n')).toContain('pass 1')
  const opened = notes.replace("access: 'session',", "access: 'public',")
  const files = { 'notes.ts': opened, 'app.ts': app, 'signature.ts': signature }
  const other = packageFolder({ ...files, 'closed.test.ts': closed })
  await expect(said(other, 'closed.test.ts')).rejects.toThrow()
}, 60_000)
