import type { IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import { type Refusal, refuse } from './problems.ts'

const condemned = new WeakSet<Socket>()

const passed = Symbol('latchkey.passed')

/** A request, with a note that it was not refused. */
type Judged = IncomingMessage & { [passed]?: true }

const mostHeaders = 1_000

/**
 * Checks the head of a request as it was sent, for what `headers` does not show: duplicate headers, TRACE, an unknown
 * transfer coding. After a refusal nothing that follows on the connection can be trusted: a `condemned` request must be
 * neither answered nor handled. Whoever asks again for a request that passed, such as a second `protect`, is told the
 * same: meanwhile one that was pipelined behind it may have been refused.
 */
export function judgeRaw(incoming: Judged): Refusal | 'condemned' | null {
  if (incoming[passed]) return null
  // SECURITY: it followed a refused request. Its answer would never be sent, but what it asks for would be done.
  if (condemned.has(incoming.socket)) return 'condemned'
  const refusal = refuseRaw(incoming)
  if (refusal) condemned.add(incoming.socket)
  else incoming[passed] = true
  return refusal
}

function refuseRaw({ method, httpVersion, headers, rawHeaders }: IncomingMessage): Refusal | null {
  if (method === 'TRACE') {
    return refuse('method_not_allowed', {
      headers: { allow: 'GET, HEAD, POST, PUT, PATCH, DELETE', connection: 'close' },
    })
  }
  // SECURITY: Node itself answers 431, but versions before 24.18.1 silently drop the remaining headers, which may
  // include a second Authorization or Host.
  if (rawHeaders.length >= 2 * mostHeaders) return refuseHead('Send fewer headers')
  // SECURITY: of two Host headers, a proxy and we might each use another one (RFC 9112 §3.2). Of two Authorization
  // headers, Node drops one, and Hono joins them.
  const hosts = timesSent('host', rawHeaders)
  // RFC 9112 §3.2: HTTP/1.0 requires no Host.
  const isNamed = hosts === 1 || (hosts === 0 && httpVersion === '1.0')
  if (!isNamed) return refuseHead('Send one Host header')
  if (timesSent('authorization', rawHeaders) > 1) return refuseHead('Send one Authorization header')
  // SECURITY: Node reports an unknown coding only after the headers, when the route is already running: a log-out
  // would be answered 400, but would have been done.
  const coding = headers['transfer-encoding']?.toLowerCase()
  const isKnown = coding === undefined || coding === 'chunked'
  if (!isKnown) return refuseHead('The one Transfer-Encoding that is read is chunked')
  const isSpoken = httpVersion === '1.1' || (httpVersion === '1.0' && coding === undefined)
  return isSpoken ? null : refuseHead('Send HTTP/1.1, or HTTP/1.0 with a Content-Length')
}

function refuseHead(error: string): Refusal {
  return refuse('invalid_request', { error, headers: { connection: 'close' } })
}

/** How often a header was sent. Node's `headers` may show only the first. */
export function timesSent(name: string, rawHeaders: readonly string[]): number {
  let found = 0
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const other = rawHeaders[index]
    if (other?.length === name.length && other.toLowerCase() === name) found++
  }
  return found
}

/** The path and query of a request target. RFC 9112 §3.2.2 lets a client send a whole URL: its host is ignored. */
export function originForm(target: string): string {
  if (target.startsWith('/')) return target
  const path = target.replace(/^[a-z][a-z0-9+.-]*:\/\/[^/?#]*/i, '')
  return path.startsWith('?') || path === '' ? `/${path}` : path
}
