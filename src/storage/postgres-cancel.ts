import { connect } from 'node:net'
import type { ClientBase } from 'pg'

const patienceMilliseconds = 2_000
// The code that tells this message from the start of a session: 1234 in the upper half, 5678 in the lower.
const cancelRequest = 80_877_102

/**
 * Asks PostgreSQL to cancel the statement of a client that is about to be closed. While it waits for a lock it would
 * not notice the closed connection, and would keep it occupied. PostgreSQL does not report whether the cancellation
 * worked.
 *
 * https://www.postgresql.org/docs/current/protocol-flow.html#PROTOCOL-FLOW-CANCELING-REQUESTS
 */
export function cancel(client: ClientBase): void {
  const { host, port, processID, secretKey } = Object(client)
  if (typeof processID !== 'number' || typeof secretKey !== 'number') return
  const isSocket = typeof host === 'string' && host.startsWith('/')
  const socket = connect(isSocket ? { path: `${host}/.s.PGSQL.${port}` } : { host, port })
  socket.setTimeout(patienceMilliseconds, () => socket.destroy())
  socket.on('error', () => {})
  socket.unref()
  socket.end(messageOf(processID, secretKey))
}

function messageOf(processId: number, secretKey: number): Buffer {
  const message = Buffer.alloc(16)
  message.writeInt32BE(16, 0)
  message.writeInt32BE(cancelRequest, 4)
  message.writeInt32BE(processId, 8)
  message.writeInt32BE(secretKey, 12)
  return message
}
