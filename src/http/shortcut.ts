import type { IncomingMessage } from 'node:http'
import { RegExpRouter } from 'hono/router/reg-exp-router'
import { SmartRouter } from 'hono/router/smart-router'
import { TrieRouter } from 'hono/router/trie-router'
import type { Presented } from './answers.ts'
import type { Asked } from './asked.ts'
import type { Route } from './route.ts'

/**
 * The way of an ordinary GET from Node's request to its answer, without a `Request` and a
 * `Response` in between, which cost as much as all that the route does.
 *
 * @returns null for what has to go the long way
 */
export type Shortcut = (incoming: IncomingMessage) => Promise<Presented> | null

/** A route that was found, and what the path says. */
export interface Found {
  readonly route: Route
  readonly params: Record<string, string>
}

/** Answers one request; the same for both ways. */
type Respond = (asked: Asked, found: Found, peer: string | undefined) => Promise<Presented>

// What could be read in two ways is left to the long way: an escape, a dot segment, a strange host.
const plainTarget = /^(?:\/[\w~-][\w.~-]*)+(?:\?[\w.~=&+%-]*)?$|^\/$/
const plainHost = /^[\w.-]+(?::\d{1,5})?$/

export function shortcut(table: readonly Route[], respond: Respond): Shortcut {
  const router = new SmartRouter<Route>({ routers: [new RegExpRouter(), new TrieRouter()] })
  for (const route of table.filter(({ method }) => method === 'GET')) {
    router.add(route.method, route.path, route)
  }
  return (incoming) => {
    const { method, url = '', headers, socket } = incoming
    const isPlain = plainTarget.test(url) && plainHost.test(headers.host ?? 'localhost')
    if (method !== 'GET' || !isPlain || hasBody(incoming)) return null
    const [path = ''] = url.split('?', 1)
    const found = find(router, path)
    return found && respond(new NodeRequest(incoming, url), found, socket.remoteAddress)
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
  for (const [name, value] of Object.entries(found)) {
    params[name] = typeof value === 'number' ? (stash?.[value] ?? '') : value
  }
  return { route, params }
}

/** A request without a body, as Node has it. */
class NodeRequest implements Asked {
  readonly method = 'GET'
  readonly url: string
  readonly body = null
  readonly headers: Asked['headers']

  constructor({ headers }: IncomingMessage, url: string) {
    this.url = url
    this.headers = {
      get: (name) => headers[name]?.toString() ?? null,
      has: (name) => headers[name] !== undefined,
      keys: () => Object.keys(headers),
    }
  }

  async arrayBuffer(): Promise<ArrayBuffer> {
    return new ArrayBuffer(0)
  }
}
