import type { IncomingMessage, ServerResponse } from 'node:http'
import { turnOf } from './pipeline.ts'
import { type Refusal, refuse } from './problems.ts'
import { judgeRaw } from './raw-head.ts'

/** What `@hono/node-server` passes along with a `Request`: Node's own request and response. */
interface NodeEnv {
  readonly incoming: IncomingMessage
  readonly outgoing: ServerResponse
}

/**
 * Checks Node's own request for what a `Request` no longer shows, and waits for its turn, as `nodeListener` does, if
 * another listener passed it on.
 *
 * @returns null if it was not passed on; or a promise of the refusal, which is null if there is none
 */
export function judgeEnv(env: unknown): Promise<Refusal | null> | null {
  // Not async: most requests come from `nodeListener`, or from a test, and need not wait.
  return isNodeEnv(env) ? judge(env) : null
}

async function judge({ incoming, outgoing }: NodeEnv): Promise<Refusal | null> {
  const judged = judgeRaw(incoming)
  if (judged) return judged === 'condemned' ? unread : judged
  const turn = turnOf(incoming, outgoing)
  if (turn === 'never') return unread
  await turn
  return null
}

// Never sent: the connection ends before.
const unread = refuse('invalid_request', { headers: { connection: 'close' } })

function isNodeEnv(env: unknown): env is NodeEnv {
  const { incoming, outgoing } = Object(env)
  return Array.isArray(incoming?.rawHeaders) && 'socket' in Object(outgoing)
}
