import { once } from 'node:events'
import { createServer, get } from 'node:https'
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { expect, onTestFinished, test, vi } from 'vitest'
import { localhost } from '../../test/smtp-certificates.ts'
import { serve, stopOnSignals } from './serve.ts'

test('a stop ends silent and idle connections at once, and what was asked is answered', async () => {
  const asked = Promise.withResolvers<void>()
  const answered = Promise.withResolvers<void>()
  const slow = async () => {
    asked.resolve()
    await answered.promise
    return new Response('done')
  }
  const fetches = (request: Request) =>
    request.url.endsWith('/slow') ? slow() : new Response('ok')
  let closed = false
  const onClose = async () => {
    closed = true
  }
  const running = await serve({ fetch: fetches }, { host: '127.0.0.1', port: 0, onClose })
  const silent = connect(running.port, '127.0.0.1')
  await once(silent, 'connect')
  const origin = `http://127.0.0.1:${running.port}`
  expect(await (await fetch(`${origin}/quick`)).text()).toBe('ok')
  const pending = fetch(`${origin}/slow`)
  await asked.promise

  const ended = once(silent.resume(), 'close')
  const stopped = running.stop()
  await ended
  expect(closed).toBe(false)
  await expect(fetch(`${origin}/quick`, { keepalive: false })).rejects.toThrow()
  answered.resolve()
  expect(await (await pending).text()).toBe('done')
  await stopped
  expect(closed).toBe(true)
  await running.stop()
})

test('what is not answered within eight seconds is cut, and the server closes all the same', async () => {
  const asked = Promise.withResolvers<void>()
  const never = async () => {
    asked.resolve()
    return new Promise<Response>(() => {})
  }
  let closed = false
  const onClose = async () => {
    closed = true
  }
  const running = await serve({ fetch: never }, { host: '127.0.0.1', port: 0, onClose })
  const client = connect(running.port, '127.0.0.1', () => client.write('GET / HTTP/1.0\r\n\r\n'))
  await asked.promise
  const cut = once(client.resume(), 'close')
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  onTestFinished(() => void vi.useRealTimers())
  const stopped = running.stop()
  vi.advanceTimersByTime(7_999)
  await new Promise(setImmediate)
  expect([closed, client.closed]).toEqual([false, false])
  vi.advanceTimersByTime(1)
  await stopped
  await cut
  expect(closed).toBe(true)
})

test('a stopped server leaves no signal handler behind', async () => {
  const before = process.listenerCount('SIGTERM')
  const onClose = async () => {}
  const running = await serve(
    { fetch: () => new Response() },
    { host: '127.0.0.1', port: 0, onClose },
  )
  expect(process.listenerCount('SIGTERM')).toBe(before + 1)
  await running.stop()
  expect(process.listenerCount('SIGTERM')).toBe(before)
})

test('a server of HTTPS that somebody else has made answers what was asked, too', async () => {
  const asked = Promise.withResolvers<void>()
  const answered = Promise.withResolvers<void>()
  const server = createServer(localhost, async (_request, response) => {
    asked.resolve()
    await answered.promise
    response.end('done')
  })
  await once(server.listen(0), 'listening')
  let closed = false
  const stop = stopOnSignals(server, {
    onClose: async () => {
      closed = true
    },
  })
  const { port } = Object(server.address())
  const pending = once(get({ port, host: 'localhost', ca: localhost.cert }), 'response')
  await asked.promise
  const stopped = stop()
  expect(closed).toBe(false)
  answered.resolve()
  const [response] = await pending
  expect(await text(response)).toBe('done')
  await stopped
  expect(closed).toBe(true)
})
