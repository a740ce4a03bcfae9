import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { joinBatch } from './batch.ts'

// How many requests of a connection may wait. Browsers do not pipeline, and each waiting request takes about 4 kB.
const maximumWaiting = 16
const waiting = new WeakMap<Socket, number>()

const turn = Symbol('latchkey.turn')

/** A request, with its turn once it has asked for it. To note that in a `WeakMap` would cost 0.2 µs for each. */
type Waiting = IncomingMessage & { [turn]?: Promise<void> }

/**
 * When a request may be handled (RFC 9112 §9.3.2): with the others that arrive in this turn of the event loop; or, if
 * it was pipelined, once those before it on its connection have been answered; or never, if the connection ends first,
 * or something else answers, such as a deadline of yours. If too many requests wait, the connection is cut. Whoever
 * asks again for a request, such as a second `protect`, is given the same turn.
 *
 * SECURITY: Node reports pipelined requests at once, and only delays their answers. But a request that follows a
 * log-out must find the session ended, and hundreds of answers that nobody reads must not be prepared.
 */
export function turnOf(incoming: Waiting, outgoing: ServerResponse): 'never' | Promise<void> {
  // SECURITY: read now, so that Node remembers it. A client can have its connection cut before the batch begins, by one
  // request too many, and then nobody could say any more where the request came from. A mock may have no socket.
  void incoming.socket?.remoteAddress
  // Node assigns the socket to a response when it is its turn, and takes it away once it is sent.
  const isNext = outgoing.socket !== null
  if (!isNext && outgoing.writableEnded) return 'never'
  if (incoming[turn]) return incoming[turn]
  // Otherwise no request is before it: a response that was made by hand, as for a WebSocket, has no socket.
  const isBehind = !isNext && isAnswerDue(incoming.socket)
  const found = isBehind ? turnBehind(incoming.socket, outgoing) : joinBatch()
  if (found !== 'never') incoming[turn] = found
  return found
}

function turnBehind(socket: Socket, outgoing: ServerResponse): 'never' | Promise<void> {
  const before = waiting.get(socket) ?? 0
  if (before >= maximumWaiting) {
    socket.destroy()
    return 'never'
  }
  waiting.set(socket, before + 1)
  return new Promise((resolve) => {
    outgoing.once('socket', () => {
      waiting.set(socket, (waiting.get(socket) ?? 1) - 1)
      if (!outgoing.writableEnded) resolve()
    })
  })
}

/**
 * Whether nobody can be answered any more. Not whether the request is `destroyed`: it is so too once its body was read,
 * and not yet while the connection is being closed.
 */
export function isGone({ socket }: IncomingMessage): boolean {
  // Adapters for other servers, and mocks, may have none, or one that lacks this property.
  return socket?.writable === false
}

/** Whether a request of this connection is being handled, or its answer is still being sent. */
export function isAnswerDue(socket: Socket): boolean {
  // Node's types lack this property.
  return Boolean(Reflect.get(socket, '_httpMessage'))
}
