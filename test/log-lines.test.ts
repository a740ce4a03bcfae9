// What somebody sends cannot write into the log: neither a line of its own nor what others meant to keep.
import { createApp, createAuth, createLog, createStore } from 'latchkey/server'
import { expect, test } from 'vitest'
import { cheapHash, openDatabase } from './harness.ts'

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
