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
export function judgeEnv(env: unknown): Promise<Refusal | null> | null {
  // Most requests come from `nodeListener`, or from a test, and need not wait for it.
  return isNodeEnv(env) ? judge(env) : null
}

async function judge({ incoming, outgoing }: NodeEnv): Promise<Refusal | null> {
  const judged = judgeRaw(incoming)
  if (judged) return judged === 'condemned' ? unread : judged
  const turn = turnOf(incoming, outgoing)
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
