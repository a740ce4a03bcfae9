import type { IncomingMessage, ServerResponse } from 'node:http'
import { turnOf } from './pipeline.ts'
import { type Refusal, refuse } from './problems.ts'
import { judgeRaw } from './raw-head.ts'

/** What `@hono/node-server` passes beside a `Request`: Node's own request, and its answer. */
interface NodeEnv {
  readonly incoming: IncomingMessage
  readonly outgoing: ServerResponse
}

/**
 * Judges what a `Request` no longer shows, as `nodeListener` does, and waits for the request's turn, where another
 * listener passed on Node's own request; null where there is nothing against it, or none was passed on.
 */
export async function judgeEnv(env: unknown): Promise<Refusal | null> {
  if (!isNodeEnv(env)) return null
  const judged = judgeRaw(env.incoming)
  if (judged) return judged === 'condemned' ? unread : judged
  const turn = turnOf(env.incoming, env.outgoing)
  if (turn === 'never') return unread
  if (turn !== 'now') await turn
  return null
}

// The connection ends before it would be sent.
const unread = refuse('invalid_request', { headers: { connection: 'close' } })

function isNodeEnv(env: unknown): env is NodeEnv {
  const { incoming, outgoing } = Object(env)
  return Array.isArray(incoming?.rawHeaders) && 'socket' in Object(outgoing)
}
