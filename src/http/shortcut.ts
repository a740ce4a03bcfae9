import type { IncomingMessage } from 'node:http'
import { RegExpRouter } from 'hono/router/reg-exp-router'
import { SmartRouter } from 'hono/router/smart-router'
import { TrieRouter } from 'hono/router/trie-router'
import type { Presented } from './answers.ts'
import type { Dispatcher } from './dispatcher.ts'
import { NodeRequest } from './node-request.ts'
import type { Route } from './route.ts'

/**
 * The way of an ordinary GET from Node's request to its answer, without a `Request` and a
 * `Response` in between, which cost as much as all that the route does.
 *
 * @returns null for what has to go the long way
 */
export type Shortcut = (incoming: IncomingMessage) => Promise<Presented> | null

/** A route that was found, and what the path says. */
interface Found {
  readonly route: Route
  readonly params: Record<string, string>
}

// What could be read in two ways is left to the long way: an escape, a dot segment, a strange host.
const plainTarget = /^(?:\/[\w~-][\w.~-]*)+(?:\?[\w.~=&+%-]*)?$|^\/$/
const plainHost = /^[\w.-]+(?::\d{1,5})?$/

export function shortcut(table: readonly Route[], dispatcher: Dispatcher): Shortcut {
  const router = new SmartRouter<Route>({ routers: [new RegExpRouter(), new TrieRouter()] })
  for (const route of table.filter(({ method }) => method === 'GET')) {
    router.add(route.method, route.path, route)
  }
  return (incoming) => {
    const { method, url = '', headers, socket } = incoming
    const isPlain = plainTarget.test(url) && plainHost.test(headers.host ?? 'localhost')
    if (method !== 'GET' || !isPlain || hasBody(incoming)) return null
    const query = url.indexOf('?')
    const found = find(router, query === -1 ? url : url.slice(0, query))
    if (!found) return null
    const asked = new NodeRequest(incoming, url)
    const { route, params } = found
    return dispatcher.dispatch(route, { asked, params, peer: socket.remoteAddress })
  }
}

function hasBody({ headers }: IncomingMessage): boolean {
  return headers['content-length'] !== undefined || headers['transfer-encoding'] !== undefined
}

function find(router: SmartRouter<Route>, path: string): Found | null {
  const [[first] = [], stash] = router.match('GET', path)
  if (!first) return null
  const [route, found] = first
  const params: Record<string, string> = {}
  for (const name in found) {
    const value = found[name] ?? ''
    params[name] = typeof value === 'number' ? (stash?.[value] ?? '') : value
  }
  return { route, params }
}
