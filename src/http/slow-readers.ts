import type { Server } from 'node:http'
import type { Socket } from 'node:net'

const millisecondsToTake = 30_000
const bytesToTake = 16 * 1024
const millisecondsBetweenLooks = 1_000

/** How much a client had taken of what it asked for, and when that was. */
interface Progress {
  readonly at: number
  readonly taken: number
}

/**
 * Ends connections whose client does not read. Node limits how slowly a request may come, and not how
 * slowly an answer is taken: it would be kept in memory for as long as the client likes.
 *
 * What waits in this process is looked at, once a second: no timer for each answer, and nothing
 * against a stream that has nothing to say for a while.
 */
export function closeSlowReaders(server: Server): void {
  const sockets = new Set<Socket>()
  const waiting = new WeakMap<Socket, Progress>()
  server.on('connection', (socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
  })
  server.on('listening', () => {
    const timer = setInterval(() => look(performance.now()), millisecondsBetweenLooks).unref()
    server.once('close', () => clearInterval(timer))
  })

  function look(now: number): void {
    for (const socket of sockets) {
      if (socket.writableLength === 0) waiting.delete(socket)
      else hurry(socket, now)
    }
  }

  function hurry(socket: Socket, at: number): void {
    const taken = takenOf(socket)
    const before = waiting.get(socket)
    if (!before || taken - before.taken >= bytesToTake) waiting.set(socket, { at, taken })
    else if (at - before.at >= millisecondsToTake) socket.destroy()
  }
}

// How much the system took of one large write is known to the handle alone, which Node's own time-out
// of a socket asks for it; its types do not know the property.
function takenOf(socket: Socket): number {
  const { bytesWritten = 0, writeQueueSize = 0 } = Object(Reflect.get(socket, '_handle'))
  return bytesWritten - writeQueueSize
}
