import type { IncomingMessage, Server } from 'node:http'
import type { Socket } from 'node:net'
import { maximumBytes } from './body.ts'
import { isAnswerDue } from './pipeline.ts'

const millisecondsToTake = 30_000
// A proxy such as Apache passes a body on to its end before it reads the answer, and takes an earlier end for a 502.
const millisecondsForUnread = { small: 10_000, large: 500 }
const bytesToTake = 16 * 1024
const millisecondsBetweenLooks = 1_000
// Added to Node's own limit for a request; longer than Node keeps an idle connection.
const millisecondsBeyond = 10_000

/** A number of bytes, and when it was first seen. */
interface Seen {
  readonly at: number
  readonly bytes: number
}

/** The state of a connection at the last check. */
interface Progress {
  /** How much of the answer the client has taken; null while nothing is waiting to be sent. */
  taken: Seen | null
  written: Seen
  read: Seen
}

/**
 * Closes connections that Node's own limits miss, since those only limit how slowly a request may arrive: of a client
 * that does not take its answer, which would stay in memory for as long as the client likes; and of a client that
 * sends empty lines between requests, each of which restarts the idle time-out.
 *
 * All connections are checked once a second, without a timer for each answer. A stream that is silent for a while, or a
 * route that takes its time, is not affected.
 */
export function closeSlowClients(server: Server): void {
  const connections = new Map<Socket, Progress>()
  server.on('connection', (socket) => {
    const none = { at: performance.now(), bytes: 0 }
    connections.set(socket, { taken: null, written: none, read: none })
    socket.once('close', () => connections.delete(socket))
  })
  // A connection that was upgraded or is a tunnel is no longer HTTP, and may be silent for as long as it likes.
  server.on('newListener', (name: string) => {
    if (name !== 'upgrade' && name !== 'connect') return
    if (server.listenerCount(name) > 0) return
    const forget = (_request: unknown, socket: Socket) => void connections.delete(socket)
    queueMicrotask(() => server.prependListener(name, forget))
  })
  server.on('listening', () => {
    const timer = setInterval(look, millisecondsBetweenLooks).unref()
    server.once('close', () => clearInterval(timer))
  })

  function look(): void {
    const now = performance.now()
    for (const [socket, progress] of connections) {
      if (isSlowReader(socket, progress, now) || isIdler(socket, progress, now)) socket.destroy()
    }
  }

  function isIdler(socket: Socket, progress: Progress, now: number): boolean {
    const { bytesRead, bytesWritten } = socket
    if (bytesWritten !== progress.written.bytes) progress.written = { at: now, bytes: bytesWritten }
    if (bytesRead !== progress.read.bytes) progress.read = { at: now, bytes: bytesRead }
    const { requestTimeout } = server
    const isUnanswered = now - progress.written.at >= requestTimeout + millisecondsBeyond
    const isSending = now - progress.read.at < millisecondsBeyond
    // Not if an answer is due: if `keepAliveTimeout` was raised for a proxy, a request may come after a long pause.
    return requestTimeout > 0 && isUnanswered && isSending && !isAnswerDue(socket)
  }
}

/**
 * Closes the connection of a client that is still sending an unread body some time after its answer. Call it once
 * the answer was sent: earlier answers on the connection may take longer.
 */
export function endUnread(incoming: IncomingMessage): void {
  if (incoming.readableEnded) return
  const size = Number(incoming.headers['content-length']) <= maximumBytes ? 'small' : 'large'
  const end = () => {
    if (!incoming.readableEnded) incoming.destroy()
  }
  setTimeout(end, millisecondsForUnread[size]).unref()
}

function isSlowReader(socket: Socket, progress: Progress, now: number): boolean {
  if (socket.writableLength === 0) {
    progress.taken = null
    return false
  }
  const bytes = takenOf(socket)
  const { taken } = progress
  if (taken && bytes - taken.bytes < bytesToTake) return now - taken.at >= millisecondsToTake
  progress.taken = { at: now, bytes }
  return false
}

// Only the handle knows how much of a large write the system has taken; Node's own time-out of sockets reads it, too.
// Node's types lack this property.
function takenOf(socket: Socket): number {
  const { bytesWritten = 0, writeQueueSize = 0 } = Object(Reflect.get(socket, '_handle'))
  return bytesWritten - writeQueueSize
}
