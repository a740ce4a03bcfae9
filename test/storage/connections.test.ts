// Whom the server speaks to: its database and its mail server, whatever anybody sends.
import dns from 'node:dns'
import net from 'node:net'
import { smtp } from 'latchkey/smtp'
import { expect, inject, onTestFinished, test, vi } from 'vitest'
import { ann, bearer, createApiKey, type Server, signUp, startServer, tableOf } from '../harness.ts'
import { startSmtpServer } from '../mail/smtp-harness.ts'

const elsewhere = [
  'http://192.0.2.7/x',
  '//192.0.2.7',
  'https://evil.example',
  'file:///etc/passwd',
]

test('nothing is called but the database and the mail server, whatever a request names', async () => {
  const plain = { disabledCommands: ['STARTTLS', 'AUTH'] }
  const { port, received } = await startSmtpServer(plain)
  const transport = smtp({ url: `smtp://127.0.0.1:${port}` })
  const server = await startServer({ transport })
  const asked = watch()
  const token = await signUp(server)
  await useAll(server, token)
  const ports = new Set(asked.ports)
  const own = [String(port)]
  if (inject('database') === 'postgres') own.push(new URL(inject('postgresUrl')).port)
  expect([...ports].filter((port) => !own.includes(port))).toEqual([])
  expect(ports).toContain(String(port))
  expect(received.length).toBeGreaterThan(2)
  expect(asked.names.filter((name) => !['127.0.0.1', 'localhost'].includes(name))).toEqual([])
  expect(asked.fetched).toEqual([])
})

/** Notes every connection that is opened, every name that is looked up, every URL that is fetched. */
function watch() {
  const seen = { ports: [] as string[], names: [] as string[], fetched: [] as string[] }
  const connect = net.Socket.prototype.connect
  const spies = [
    vi.spyOn(net.Socket.prototype, 'connect').mockImplementation(function connecting(
      this: net.Socket,
      ...args: unknown[]
    ) {
      const [options] = args.flat()
      const { port, path } = Object(options)
      seen.ports.push(String(port ?? path ?? options))
      return Reflect.apply(connect, this, args)
    }),
    vi.spyOn(dns, 'lookup').mockImplementation((name) => void seen.names.push(String(name))),
    vi.spyOn(globalThis, 'fetch').mockImplementation(async (input) => {
      seen.fetched.push(String(input))
      return new Response()
    }),
  ]
  onTestFinished(() => {
    for (const spy of spies) spy.mockRestore()
  })
  return seen
}

async function useAll(server: Server, token: string): Promise<void> {
  const { send, outbox, database } = server
  const routes = tableOf(server)
  for (const place of elsewhere) {
    const headers = {
      ...bearer(token),
      referer: place,
      origin: place,
      'x-forwarded-host': place,
      'x-forwarded-for': '192.0.2.7',
    }
    const named = { url: place, webhook: place, redirect_uri: place, jku: place, avatar: place }
    for (const { method, path } of routes) {
      const line = `${method} ${path.replace(/:\w+/g, '00000000-0000-7000-8000-000000000000')}`
      if (line === 'DELETE /v1/user' || line === 'DELETE /v1/session') continue
      if (line === 'PUT /v1/session/token') continue
      const body = method === 'GET' ? undefined : { ...named, ...ann, name: place, title: place }
      const { status } = await send(`${line}?${new URLSearchParams(named)}`, body, headers)
      expect([line, status < 500]).toEqual([line, true])
    }
  }
  await outbox.deliverDue()
  await database.transaction((each) =>
    each.query('UPDATE users SET email_verified_at = $1', [new Date()]),
  )
  await createApiKey(server, token)
  await send('POST /v1/passwords', ann)
  await outbox.deliverDue()
  await server.auth.flush()
}
