import { once } from 'node:events'
import type { Server as HttpServer } from 'node:http'
import type { Server as HttpsServer } from 'node:https'
import type { Server, Socket } from 'node:net'
import { setImmediate as nextTurn } from 'node:timers/promises'

// Not imported: to list what there is to import, Node would load all that it fetches with.
const http = process.getBuiltinModule('node:http')

// Less than the ten seconds that Docker gives before it kills.
const drainMilliseconds = 8_000
// What was just accepted is about to ask, and gets its answer; a browser also opens connections in case. Go's
// server waits five seconds for them, which is long for somebody who has pressed Ctrl-C.
const silentMilliseconds = 2_000
const idleMilliseconds = 100
// Under a load that never pauses, some are reset whenever it ends.
const acceptMilliseconds = 100

/** Connections on which nothing was asked yet, and when each was accepted. Node does not count them as idle. */
type Silent = ReadonlyMap<Socket, number>

/** Begins when the server does: nobody can ask later which connections these are. */
export function trackSilent(server: Server): Silent {
  const silent = new Map<Socket, number>()
  if (!isHttp(server)) return silent
  // With TLS a request names another socket than the one that was accepted.
  server.on(isHttps(server) ? 'secureConnection' : 'connection', (socket: Socket) => {
    silent.set(socket, performance.now())
    socket.once('close', () => silent.delete(socket))
  })
  server.on('request', ({ socket }) => silent.delete(socket))
  return silent
}

/** Accepts nothing more, answers what was asked, and resolves when all connections have ended. */
export async function drain(server: Server, silent: Silent): Promise<void> {
  const closed = once(server, 'close')
  const late = Promise.withResolvers<void>()
  const force = setTimeout(late.resolve, drainMilliseconds)
  const asHttp = isHttp(server) ? server : null
  // A client that keeps its connection is answered once more, and told to go.
  asHttp?.prependListener('request', (_request, response) => {
    response.shouldKeepAlive = false
  })
  await acceptWaiting(server)
  server.close()
  endSilent(silent)
  const idle = setInterval(() => asHttp?.closeIdleConnections(), idleMilliseconds)
  await Promise.race([closed, late.promise])
  clearInterval(idle)
  clearTimeout(force)
  asHttp?.closeAllConnections()
}

// What the system has accepted in our name, and we have not yet, it would reset. In each turn all that waits is
// taken; after one in which nothing came, next to nothing does now.
async function acceptWaiting(server: Server): Promise<void> {
  let accepted = 0
  const count = () => {
    accepted += 1
  }
  server.on('connection', count)
  const latest = performance.now() + acceptMilliseconds
  // The first turn ends what is under way.
  await nextTurn()
  do {
    accepted = 0
    await nextTurn()
  } while (accepted > 0 && performance.now() < latest)
  server.off('connection', count)
}

function endSilent(silent: Silent): void {
  for (const [socket, acceptedAt] of silent) {
    const left = acceptedAt + silentMilliseconds - performance.now()
    const end = () => {
      if (silent.has(socket)) socket.destroy()
    }
    setTimeout(end, Math.max(0, left)).unref()
  }
}

// One of HTTP/2 closes no single connections, and is not waited for longer than that.
function isHttp(server: Server): server is HttpServer | HttpsServer {
  return server instanceof http.Server || isHttps(server)
}

function isHttps(server: Server): server is HttpsServer {
  // Most are, and end here: with `node:https` Node loads all of TLS.
  if (server instanceof http.Server) return false
  return server instanceof process.getBuiltinModule('node:https').Server
}
