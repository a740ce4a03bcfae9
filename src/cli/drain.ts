import { once } from 'node:events'
import type { Server as HttpServer } from 'node:http'
import type { Server as HttpsServer } from 'node:https'
import type { Server, Socket } from 'node:net'
import { setImmediate as nextTurn } from 'node:timers/promises'

// Not imported: to list the module's exports, Node would load its whole `fetch`.
const http = process.getBuiltinModule('node:http')

// Less than the ten seconds after which Docker kills the process.
const drainMilliseconds = 8_000
// How long to wait for the first request of a new connection. Browsers also open connections in advance. Go's server
// waits five seconds, which is long for somebody who has pressed Ctrl-C.
const silentMilliseconds = 2_000
const idleMilliseconds = 100
// Under a load that never pauses, some connections are reset, however long it takes.
const acceptMilliseconds = 100

/** The connections of a server. */
interface Connections {
  readonly open: ReadonlySet<Socket>
  /** Those without a request so far, and when each was accepted. */
  readonly silent: ReadonlyMap<Socket, number>
}

/** Tracks the connections of a server. Call it before the server listens: later, open connections cannot be found. */
export function trackConnections(server: Server): Connections {
  const open = new Set<Socket>()
  const silent = new Map<Socket, number>()
  if (!isHttp(server)) return { open, silent }
  // With TLS, requests have another socket than the one that was accepted.
  server.on(isHttps(server) ? 'secureConnection' : 'connection', (socket: Socket) => {
    open.add(socket)
    silent.set(socket, performance.now())
    socket.once('close', () => {
      open.delete(socket)
      silent.delete(socket)
    })
  })
  server.on('request', ({ socket }) => silent.delete(socket))
  return { open, silent }
}

/** Stops accepting, answers the requests under way, and resolves when all connections have ended. */
export async function drain(server: Server, { open, silent }: Connections): Promise<void> {
  const closed = once(server, 'close')
  const late = Promise.withResolvers<void>()
  const force = setTimeout(late.resolve, drainMilliseconds)
  const asHttp = isHttp(server) ? server : null
  // A client that keeps its connection open gets one more answer, which tells it to close.
  asHttp?.prependListener('request', (_request, response) => {
    response.shouldKeepAlive = false
  })
  await acceptWaiting(server)
  if (asHttp) spare(asHttp, { open, silent })
  server.close()
  endSilent(silent)
  const idle = setInterval(() => asHttp?.closeIdleConnections(), idleMilliseconds)
  await Promise.race([closed, late.promise])
  clearInterval(idle)
  clearTimeout(force)
  asHttp?.closeAllConnections()
}

// Connections that the kernel has accepted, but Node has not, would be reset. Node accepts all waiting ones in each
// turn of the event loop; after a turn without any, hardly any are left.
async function acceptWaiting(server: Server): Promise<void> {
  let accepted = 0
  const count = () => {
    accepted += 1
  }
  server.on('connection', count)
  // The first turn ends what is under way. It may take long: requests that arrived in it are handled at its end.
  await nextTurn()
  const latest = performance.now() + acceptMilliseconds
  do {
    accepted = 0
    await nextTurn()
  } while (accepted > 0 && performance.now() < latest)
  server.off('connection', count)
}

// Node counts a connection as idle once it has all of the answer, and would cut it off from a client that still reads.
// From 26.4 on it counts one that has not asked yet, too, and would close it unanswered. `server.close()` does so as
// well. While there is one of either, idle connections have to end by themselves.
function spare(server: HttpServer | HttpsServer, { open, silent }: Connections): void {
  const closeIdle = server.closeIdleConnections.bind(server)
  server.closeIdleConnections = () => {
    const isRead = [...open].every(({ writableLength }) => writableLength === 0)
    if (isRead && silent.size === 0) closeIdle()
  }
}

function endSilent(silent: Connections['silent']): void {
  for (const [socket, acceptedAt] of silent) {
    const left = acceptedAt + silentMilliseconds - performance.now()
    const end = () => {
      if (silent.has(socket)) socket.destroy()
    }
    setTimeout(end, Math.max(0, left)).unref()
  }
}

// An HTTP/2 server cannot close single connections, and is not waited for beyond the time limit.
function isHttp(server: Server): server is HttpServer | HttpsServer {
  return server instanceof http.Server || isHttps(server)
}

function isHttps(server: Server): server is HttpsServer {
  // Most servers are: for `node:https` Node would load all of TLS.
  if (server instanceof http.Server) return false
  return server instanceof process.getBuiltinModule('node:https').Server
}
