import type { IncomingMessage, ServerResponse } from 'node:http'
import { RegExpRouter } from 'hono/router/reg-exp-router'
import { SmartRouter } from 'hono/router/smart-router'
import { TrieRouter } from 'hono/router/trie-router'
import type { Presented } from './answers.ts'
import type { Dispatcher, Responder } from './dispatcher.ts'
import { hasBody, NodeRequest } from './node-request.ts'
import { timesSent } from './raw-head.ts'
import { endUnread } from './slow-clients.ts'

/**
 * Answers an ordinary request without making a `Request` and a `Response`, which would cost as much as all of the
 * route's own work.
 *
 * @returns null for a request that has to go the long way, through Hono
 */
export type Shortcut = (
  incoming: IncomingMessage,
  outgoing: ServerResponse,
) => Promise<Presented> | null

/** What answers a method, or `ALL` methods, on a path. */
export interface Entry extends Responder {
  readonly method: string
  readonly path: string
}

/** An entry that matched, and the parameters in the path. */
interface Found {
  readonly entry: Entry
  readonly params: Record<string, string>
}

// Anything ambiguous goes the long way: an escape, a dot segment, an unusual host.
const plainTarget = /^(?:\/[\w~-][\w.~-]*)+(?:\?[\w.~=&+%-]*)?$|^\/$/
const plainHost = /^[\w.-]+(?::(?:[1-5]?\d{1,4}|6[0-4]\d{3}|65[0-4]\d\d|655[0-2]\d|6553[0-5]))?$/

/** If two entries match a method and a path, the first answers. */
export function shortcut(entries: readonly Entry[], dispatcher: Dispatcher): Shortcut {
  const router = new SmartRouter<Entry>({ routers: [new RegExpRouter(), new TrieRouter()] })
  for (const entry of entries) router.add(entry.method, entry.path, entry)
  return (incoming, outgoing) => {
    const { method = '', url = '', headers, socket } = incoming
    // HEAD goes the long way, where it is answered like a GET, without the body.
    if (method === 'HEAD' || !plainTarget.test(url)) return null
    if (!plainHost.test(headers.host ?? 'localhost')) return null
    const body = hasBody(incoming) ? incoming : null
    if (body && !isPlainBody(body)) return null
    const query = url.indexOf('?')
    const found = find(router, method, query === -1 ? url : url.slice(0, query))
    if (!found) return null
    const request = new NodeRequest(incoming, body)
    const { entry, params } = found
    if (body) outgoing.once('finish', () => endUnread(body))
    return dispatcher.dispatch(entry, { request, params, peer: socket.remoteAddress })
  }
}

// Whether it is not on a GET, has a Content-Length, and only one Content-Type: of two, Node shows only the first, but a
// `Request` both.
function isPlainBody(incoming: IncomingMessage): boolean {
  const { method, headers, rawHeaders } = incoming
  const isAnnounced = headers['transfer-encoding'] === undefined
  if (method === 'GET' || !isAnnounced || !isUntouched(incoming)) return false
  return timesSent('content-type', rawHeaders) <= 1
}

// Whether nothing of the body was read yet: middleware in front may have read it, or set an encoding.
function isUntouched({ readableDidRead, readableEncoding }: IncomingMessage): boolean {
  return !readableDidRead && readableEncoding === null
}

function find(router: SmartRouter<Entry>, method: string, path: string): Found | null {
  const [[first] = [], stash] = router.match(method, path)
  if (!first) return null
  const [entry, found] = first
  const params: Record<string, string> = {}
  for (const name in found) {
    const value = found[name] ?? ''
    params[name] = typeof value === 'number' ? (stash?.[value] ?? '') : value
  }
  return { entry, params }
}
