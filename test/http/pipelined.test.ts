// Several requests on one connection, sent without waiting for the answers (RFC 9112 §9.3.2).
import { once } from 'node:events'
import { connect } from 'node:net'
import { answer, type Route, route } from 'latchkey/server'
import { expect, test } from 'vitest'
import { signUp } from '../harness.ts'
import { until } from '../until.ts'
import { listenRaw, type RawServer } from './raw-server.ts'

const host = 'Host: localhost\r\n'
const alive = `GET /health/live HTTP/1.1\r\n${host}\r\n`
const slow = `GET /slow HTTP/1.1\r\n${host}\r\n`

test('what is sent behind a request finds it done', async () => {
  const raw = await listenRaw()
  const ask = await asSomebody(raw)
  const list = ask('GET /v1/projects')
  const created = await raw.exchange(ask('POST /v1/projects', 'title=A') + list)
  expect(created.statuses).toEqual([201, 200])
  expect(created.answer).toMatch(/"projects":\[\{"id":"[^"]+","title":"A"/)
  // By the short way and by the long.
  const behind = list + ask('HEAD /v1/projects') + list
  const { statuses } = await raw.exchange(ask('DELETE /v1/session') + behind)
  expect(statuses).toEqual([200, 401, 401, 401])
})

test('of those that a client sends at once one is worked on, and sixteen wait', async () => {
  const { begun, route, finish } = slowRoute()
  const { exchange } = await listenRaw({ routes: [route] })
  const answered = exchange(slow.repeat(17))
  await until(() => expect(begun()).toBe(1))
  // What came with the first was read before this.
  await exchange(alive)
  expect(begun()).toBe(1)
  finish()
  expect((await answered).statuses).toEqual(Array(17).fill(200))
  expect(begun()).toBe(17)
})

test('with one more the connection is cut, and nothing behind the first is done', async () => {
  const { begun, route, finish } = slowRoute()
  const raw = await listenRaw({ routes: [route] })
  const ask = await asSomebody(raw)
  const behind = ask('POST /v1/projects', 'title=A').repeat(17)
  expect((await raw.exchange(slow + behind)).statuses).toEqual([])
  finish()
  expect((await raw.exchange(alive)).statuses).toEqual([200])
  expect(begun()).toBe(1)
  expect(await raw.server.database.query('SELECT title FROM projects')).toEqual([])
})

test('whoever sends the next when an answer has come may send any number', async () => {
  const raw = await listenRaw()
  const socket = connect(raw.port, '127.0.0.1')
  let answered = 0
  socket.setEncoding('latin1').on('data', (chunk) => {
    answered += String(chunk).match(/^HTTP\/1\.1 200 /gm)?.length ?? 0
  })
  for (let round = 1; round <= 20; round++) {
    socket.write(alive.repeat(5))
    await until(() => expect(answered).toBe(5 * round))
  }
  socket.destroy()
})

test('a body that was still on its way behind a request arrives', async () => {
  const { begun, route, finish } = slowRoute()
  const raw = await listenRaw({ routes: [route] })
  const ask = await asSomebody(raw)
  const posted = ask('POST /v1/projects', `title=A&description=${'b'.repeat(9_000)}`)
  const socket = connect(raw.port, '127.0.0.1')
  const chunks: string[] = []
  socket.setEncoding('latin1').on('data', (chunk) => chunks.push(String(chunk)))
  socket.write(slow + posted.slice(0, -5_000))
  await until(() => expect(begun()).toBe(1))
  socket.write(posted.slice(-5_000))
  finish()
  await until(() => expect(chunks.join('').match(/^HTTP\/1\.1 \d+/gm)).toHaveLength(2))
  expect(chunks.join('')).toContain('HTTP/1.1 201')
  socket.destroy()
})

test('what waits behind a request is not done once its client has left', async () => {
  const { begun, route, finish } = slowRoute()
  const raw = await listenRaw({ routes: [route] })
  const ask = await asSomebody(raw)
  const socket = connect(raw.port, '127.0.0.1')
  socket.write(slow + ask('POST /v1/projects', 'title=A'))
  await until(() => expect(begun()).toBe(1))
  socket.resetAndDestroy()
  await once(socket, 'close')
  await raw.exchange(alive)
  finish()
  await raw.exchange(alive)
  expect(await raw.server.database.query('SELECT title FROM projects')).toEqual([])
})

async function asSomebody({ server }: RawServer) {
  const authorization = `Authorization: Bearer ${await signUp(server)}\r\n`
  return (line: string, form = '') => {
    const type = 'Content-Type: application/x-www-form-urlencoded\r\n'
    const length = `Content-Length: ${form.length}\r\n`
    const head = `${line} HTTP/1.1\r\n${host}${authorization}`
    return form === '' ? `${head}\r\n` : `${head}${type}${length}\r\n${form}`
  }
}

/** A route that answers nobody before it is told to. */
function slowRoute(): { begun: () => number; route: Route; finish: () => void } {
  const gate = Promise.withResolvers<void>()
  let begun = 0
  const made = route({
    method: 'GET',
    path: '/slow',
    access: 'public',
    summary: 'Takes its time',
    answers: {},
    async handle() {
      begun++
      await gate.promise
      return answer({})
    },
  })
  return { begun: () => begun, route: made, finish: gate.resolve }
}
