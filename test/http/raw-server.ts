import { once } from 'node:events'
import type { Server as HttpServer } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { type AppOptions, createApp, nodeServer } from 'latchkey/server'
import { onTestFinished } from 'vitest'
import { routes as templateRoutes } from '../../templates/api/routes.ts'
import { type Server, startServer } from '../harness.ts'

/** A server on a socket. */
export interface RawServer {
  readonly server: Server
  readonly http: HttpServer
  readonly port: number
  /** Sends bytes, one for each character, says no more, and reads until the other side closes. */
  exchange(bytes: string): Promise<Exchanged>
}

export interface Exchanged {
  readonly answer: string
  readonly statuses: readonly number[]
  /** `METHOD /path status` of every request that came through to a route, or to where none is. */
  readonly reached: readonly string[]
}

export async function listenRaw(app: AppOptions = {}): Promise<RawServer> {
  const server = await startServer()
  let reached: string[] = []
  const log = {
    info: ({ method, path, status }: Record<string, unknown>) =>
      void reached.push(`${method} ${path} ${status}`),
    error: ({ err }: Record<string, unknown>) => void reached.push(String(err)),
  }
  const routes = [...templateRoutes(server.database), ...(app.routes ?? [])]
  const http = nodeServer(createApp(server.auth, { ...app, routes, log }))
  http.listen(0, '127.0.0.1')
  await once(http, 'listening')
  onTestFinished(() => {
    http.close()
    http.closeAllConnections()
  })
  const { port } = http.address() as AddressInfo
  return {
    server,
    http,
    port,
    async exchange(bytes) {
      reached = []
      return { ...(await exchange(port, bytes)), reached: reached.toSorted() }
    },
  }
}

// Until the other side closes: what it has begun is over by then, or was not waited for.
async function exchange(port: number, bytes: string): Promise<Omit<Exchanged, 'reached'>> {
  const socket = connect(port, '127.0.0.1')
  let answer = ''
  socket.setEncoding('latin1').on('data', (chunk) => {
    answer += chunk
  })
  // Whoever is refused in the middle of what they say may find the connection reset.
  socket.on('error', () => {})
  socket.end(bytes, 'latin1')
  await new Promise((resolve) => socket.on('close', resolve))
  const lines = answer.matchAll(/^HTTP\/1\.1 (\d{3}) /gm)
  return { answer, statuses: [...lines].map(([, status]) => Number(status)) }
}
