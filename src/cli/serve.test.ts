import { once } from 'node:events'
import { connect } from 'node:net'
import { expect, test } from 'vitest'
import { serve } from './serve.ts'

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
