import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'

// How many requests of a connection may wait: browsers send none ahead, and each takes some 4 kB.
const maximumWaiting = 16
const waiting = new WeakMap<Socket, number>()

/**
 * When a request may be worked on: at once, or when what was sent in front of it on its connection is answered (RFC
 * 9112 §9.3.2). Never, where the connection ends before, or somebody else gave the answer, such as a deadline of yours.
 * With too many behind it, the connection is cut.
 *
 * SECURITY: Node reports such a request at once, and keeps back its answer alone. What is sent behind a log-out has to
 * find it done, and five hundred lists that nobody reads must not be made, nor wait by the thousand.
 */
export function turnOf(
  { socket }: IncomingMessage,
  outgoing: ServerResponse,
): 'now' | 'never' | Promise<void> {
  // Node gives an answer the socket when it is its turn, and takes it away again when it is sent.
  if (outgoing.socket !== null) return 'now'
  if (outgoing.writableEnded) return 'never'
  // Nobody is in front: an answer that was made by hand, as for a WebSocket, has no socket.
  if (!isAnswerDue(socket)) return 'now'
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

/** Whether a request of this connection is worked on, or its answer still sent. */
export function isAnswerDue(socket: Socket): boolean {
  // Node's types lack the property.
  return Boolean(Reflect.get(socket, '_httpMessage'))
}
