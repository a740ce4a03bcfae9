import type { IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import { type Refusal, refuse } from './problems.ts'

const condemned = new WeakSet<Socket>()

/**
 * What is wrong with the head of a request as it was sent, which `headers` does not show: doubled
 * headers, TRACE, a body coded otherwise. It puts all in doubt that follows on the connection: that is
 * to be left without an answer, and without anything being done.
 */
export function judgeRaw(incoming: IncomingMessage): Refusal | 'condemned' | null {
  // SECURITY: it came in one piece with what was refused. Its answer would never be sent, and what it
  // asks for would be done nevertheless.
  if (condemned.has(incoming.socket)) return 'condemned'
  const refusal = refuseRaw(incoming)
  if (refusal) condemned.add(incoming.socket)
  return refusal
}

function refuseRaw({ method, httpVersion, headers, rawHeaders }: IncomingMessage): Refusal | null {
  if (method === 'TRACE') {
    return refuse('method_not_allowed', {
      headers: { allow: 'GET, HEAD, POST, PUT, PATCH, DELETE', connection: 'close' },
    })
  }
  // SECURITY: of two Host headers a proxy and we might each believe another (RFC 9112 §3.2), and of
  // two Authorization headers Hono would make one, and Node would drop one.
  const hosts = timesSent('host', rawHeaders)
  // RFC 9112 §3.2; HTTP/1.0 knows no Host.
  const isNamed = hosts === 1 || (hosts === 0 && httpVersion === '1.0')
  if (!isNamed) return refuseHead('Send one Host header')
  if (timesSent('authorization', rawHeaders) > 1) return refuseHead('Send one Authorization header')
  // SECURITY: of these Node reports the error behind the headers, when the route is already at work:
  // a log-out that is answered 400 would have been done.
  const coding = headers['transfer-encoding']?.toLowerCase()
  const isKnown = coding === undefined || coding === 'chunked'
  if (!isKnown) return refuseHead('The one Transfer-Encoding that is read is chunked')
  const isSpoken = httpVersion === '1.1' || (httpVersion === '1.0' && coding === undefined)
  return isSpoken ? null : refuseHead('Send HTTP/1.1, or HTTP/1.0 with a Content-Length')
}

function refuseHead(error: string): Refusal {
  return refuse('invalid_request', { error, headers: { connection: 'close' } })
}

/** How often a header came, of which `headers` may show the first alone. */
export function timesSent(name: string, rawHeaders: readonly string[]): number {
  let found = 0
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const other = rawHeaders[index]
    if (other?.length === name.length && other.toLowerCase() === name) found++
  }
  return found
}

/** RFC 9112 §3.2.2 lets a client send the whole URL; whom it names is not read. */
export function originForm(target: string): string {
  if (target.startsWith('/')) return target
  const path = target.replace(/^[a-z][a-z0-9+.-]*:\/\/[^/?#]*/i, '')
  return path.startsWith('?') || path === '' ? `/${path}` : path
}
