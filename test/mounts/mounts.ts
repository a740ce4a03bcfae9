// Each example of templates/mounts on a socket, with a database and a clock of its own.
import { once } from 'node:events'
import { createServer, Server as HttpServer } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { createAdaptorServer } from '@hono/node-server'
import { type AppOptions, type Auth, nodeServer } from 'latchkey/server'
import { onTestFinished } from 'vitest'
import * as onExpress from '../../templates/mounts/express.ts'
import * as onFastify from '../../templates/mounts/fastify.ts'
import * as onFetch from '../../templates/mounts/fetch.ts'
import * as onHono from '../../templates/mounts/hono.ts'
import { type Reply, read, type Server, startServer } from '../harness.ts'

/** The origin of the front end, which is another one than the server's. */
export const frontEnd = 'https://app.example.com'

/** A server of each kind, not listening yet. */
const kinds = {
  hono: async (auth: Auth, options: AppOptions) => nodeServer(onHono.notes(auth, options)),
  'hono, by its own serve': async (auth: Auth, options: AppOptions) => {
    const server = createAdaptorServer(onHono.notes(auth, options))
    if (server instanceof HttpServer) return server
    throw new Error('It speaks HTTP/2')
  },
  fastify: async (auth: Auth, options: AppOptions) => {
    const app = await onFastify.notes(auth, options)
    onTestFinished(() => app.close())
    await app.ready()
    return app.server
  },
  express: async (auth: Auth, options: AppOptions) => createServer(onExpress.notes(auth, options)),
  fetch: async (auth: Auth, options: AppOptions) => nodeServer(onFetch.notes(auth, options)),
} as const

export type Kind = keyof typeof kinds

/** Those that the guide shows, each in a file of its name. */
export const examples: readonly Kind[] = ['hono', 'fastify', 'express', 'fetch']

export const names: readonly Kind[] = [...examples, 'hono, by its own serve']

export interface Mounted extends Server {
  readonly url: string
  /** Sends bytes, and answers what comes until the other side closes. */
  exchange(bytes: string): Promise<string>
}

export async function mount(kind: Kind): Promise<Mounted> {
  const server = await startServer()
  const options = { corsOrigins: [frontEnd], log: { info() {}, error() {} } }
  return { ...server, ...(await listen(await kinds[kind](server.auth, options))) }
}

/** A server on a socket, until the test is over. */
export async function listen(
  http: HttpServer,
): Promise<Pick<Mounted, 'url' | 'send' | 'exchange'>> {
  http.listen(0, '127.0.0.1')
  await once(http, 'listening')
  onTestFinished(() => {
    http.close()
    http.closeAllConnections()
  })
  const { port } = http.address() as AddressInfo
  const url = `http://127.0.0.1:${port}`
  return {
    url,
    exchange: (bytes) => exchange(port, bytes),
    send: (line, body, headers = {}) => send(url, line, { body, headers }),
  }
}

interface Sent {
  readonly body: unknown
  readonly headers: Record<string, string>
}

async function send(url: string, line: string, { body, headers }: Sent): Promise<Reply> {
  const [method = '', path = ''] = line.split(' ')
  if (body === undefined) return read(await fetch(url + path, { method, headers }))
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  const typed = { 'content-type': 'application/json', ...headers }
  return read(await fetch(url + path, { method, headers: typed, body: text }))
}

async function exchange(port: number, bytes: string): Promise<string> {
  const socket = connect(port, '127.0.0.1')
  let answer = ''
  socket.setEncoding('latin1').on('data', (chunk) => {
    answer += chunk
  })
  // Whoever is refused in the middle of what they say may find the connection reset.
  socket.on('error', () => {})
  socket.write(bytes, 'latin1')
  await new Promise((resolve) => socket.on('close', resolve))
  return answer
}
