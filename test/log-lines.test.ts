// What somebody sends cannot write into the log: neither a line of its own nor what others meant to keep.
import {
  createApp,
  createAuth,
  createLog,
  createMailbox,
  createOutbox,
  createStore,
  createSweeper,
} from 'latchkey/server'
import { expect, test } from 'vitest'
import { cheapHash, openDatabase, startServer } from './harness.ts'

const breaks = ['\r\n', '\n', '\r', '\u2028', '\u2029', '\x85', '\x1b[2K\x1b[1A', '\0', '"}', '\\n']
const forged = '{"level":"error","message":"forged"}'

test('whatever a request says, it is one line of the log, and says nothing else there', async () => {
  const lines: string[] = []
  const log = createLog({ mode: 'production', logLevel: 'info' }, (line) => void lines.push(line))
  const store = createStore(await openDatabase())
  const auth = createAuth({ store, passwordHash: cheapHash, rateLimits: 'off', log })
  const app = createApp(auth, { log })
  let requests = 0
  const send = async (path: string, init: RequestInit, address = '192.0.2.1') => {
    requests++
    const reply = await app.request(path, init, { address })
    expect(reply.status).toBeLessThan(500)
  }
  for (const each of breaks) {
    const text = `ann${each}${forged}`
    const inHeader = Buffer.from(text)
      .toString('latin1')
      .replace(/[\r\n\0]/g, ' ')
    const headers = { 'content-type': 'application/json', 'user-agent': inHeader }
    await send(`/${encodeURIComponent(text)}`, { headers })
    await send(`/health/live?${encodeURIComponent(text)}=${encodeURIComponent(text)}`, { headers })
    await send(`/v1/passwords/${encodeURIComponent(text)}`, { method: 'PUT', headers })
    await send('/health/live', { headers: { ...headers, 'x-request-id': inHeader } })
    await send('/health/live', { headers: { ...headers, 'x-forwarded-for': inHeader } })
    await send('/health/live', { headers: { ...headers, authorization: `Bearer ${inHeader}` } })
    for (const path of ['/v1/session', '/v1/registrations', '/v1/passwords']) {
      const body = JSON.stringify({ email_address: text, password: text, [text]: text })
      await send(path, { method: 'POST', headers, body })
    }
    await send('/health/live', { headers }, text)
  }
  const person = { email_address: 'ann@example.com', password: 'correct horse battery' }
  const headers = { 'content-type': 'application/json', 'user-agent': forged }
  await send('/v1/registrations', { method: 'POST', headers, body: JSON.stringify(person) })
  await auth.flush()

  for (const line of lines) {
    expect(line).not.toMatch(/[\p{Cc}\u2028\u2029]/u)
    const { level, message, time } = JSON.parse(line)
    expect([level, message]).not.toEqual(['error', 'forged'])
    expect(new Date(time).toISOString()).toBe(time)
  }
  const messages = lines.map((line) => JSON.parse(line).message)
  expect(messages.filter((message) => message === 'request')).toHaveLength(requests)
  // What happened to ann is said once, with the agent as a value and no line.
  const created = lines.filter((line) => JSON.parse(line).event === 'user_created')
  expect(created).toHaveLength(1)
  expect(JSON.parse(created[0] ?? '').userAgent).toBe(forged)
  const others = lines.filter((line) => !line.includes('"message":"event"')).join('\n')
  expect(others).not.toContain('forged')
})

test('what an auth logs to is the log of its requests, mails and sweeps as well', async () => {
  const lines: string[] = []
  const write = (_entry: object, message: string) => void lines.push(message)
  const log = { info: write, error: write }
  const { auth } = await startServer({ auth: { log } })
  await createApp(auth).request('/v1/passwords', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email_address: 'ann@example.com' }),
  })
  await auth.createUser({ emailAddress: 'ann@example.com', password: 'correct horse battery' })
  const transport = createMailbox()
  const appUrl = 'https://app.example.com'
  const outbox = createOutbox(auth, { transport, from: 'a@example.com', appUrl })
  await outbox.deliverDue()
  const store = { ...auth.config.store, holdLease: () => Promise.reject(new Error('Away')) }
  await createSweeper({ config: { ...auth.config, store } }).sweep()
  expect(lines).toEqual(
    expect.arrayContaining(['request', 'mail', expect.stringContaining('nothing could be swept')]),
  )
})

test('a log of its own is another one, and breaks neither', async () => {
  const lines: string[] = []
  const write = (_entry: object, message: string) => void lines.push(message)
  const server = await startServer({ auth: { log: { info: write, error: write } } })
  const broken = () => {
    throw new Error('The disk is full')
  }
  const app = createApp(server.auth, { log: { info: broken, error: broken } })
  expect((await app.request('/health/live')).status).toBe(200)
  expect(lines).toEqual([])
})
