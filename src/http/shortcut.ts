import type { IncomingMessage, ServerResponse } from 'node:http'
import { RegExpRouter } from 'hono/router/reg-exp-router'
import { SmartRouter } from 'hono/router/smart-router'
import { TrieRouter } from 'hono/router/trie-router'
import type { Presented } from './answers.ts'
import type { Dispatcher, Responder } from './dispatcher.ts'
import { NodeRequest } from './node-request.ts'
import { timesSent } from './raw-head.ts'
import { endUnread } from './slow-clients.ts'

/**
 * Takes an ordinary request from Node to its answer without a `Request` and a `Response` in between, which cost
 * as much as all that the route does.
 *
 * @returns null for a request that has to go the long way, through Hono
 */
export type Shortcut = (
  incoming: IncomingMessage,
  outgoing: ServerResponse,
) => Promise<Presented> | null

/** Who answers a path, by a method or by `ALL`. */
export interface Entry extends Responder {
  readonly method: string
  readonly path: string
}

/** An entry that matched, and the parameters in the path. */
interface Found {
  readonly entry: Entry
  readonly params: Record<string, string>
}

// What is ambiguous is left to the long way: an escape, a dot segment, a strange host.
const plainTarget = /^(?:\/[\w~-][\w.~-]*)+(?:\?[\w.~=&+%-]*)?$|^\/$/
const plainHost = /^[\w.-]+(?::(?:[1-5]?\d{1,4}|6[0-4]\d{3}|65[0-4]\d\d|655[0-2]\d|6553[0-5]))?$/

/** If two entries match a method and a path, the first answers. */
export function shortcut(entries: readonly Entry[], dispatcher: Dispatcher): Shortcut {
  const router = new SmartRouter<Entry>({ routers: [new RegExpRouter(), new TrieRouter()] })
  for (const entry of entries) router.add(entry.method, entry.path, entry)
  return (incoming, outgoing) => {
    const { method = '', url = '', headers, socket } = incoming
    // HEAD goes the long way, where a GET is answered and its body cut.
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

function hasBody({ headers }: IncomingMessage): boolean {
  return headers['content-length'] !== undefined || headers['transfer-encoding'] !== undefined
}

// Not on a GET, with a Content-Length, and of one type: of two Content-Type headers Node shows the first, and a
// `Request` both.
function isPlainBody(incoming: IncomingMessage): boolean {
  const { method, headers, rawHeaders } = incoming
  const isAnnounced = headers['transfer-encoding'] === undefined
  if (method === 'GET' || !isAnnounced || !isUntouched(incoming)) return false
  return timesSent('content-type', rawHeaders) <= 1
}

// The whole body is still to come, as bytes: middleware in front may have read it, or asked for text.
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
