import { type Context, Hono } from 'hono'
import type { Auth } from '../core/auth.ts'
import { type Answer, toResponse } from './answers.ts'
import { admitDeveloper } from './development.ts'
import { Dispatcher, type DispatcherOptions, type Responder } from './dispatcher.ts'
import type { RequestContext } from './exchange.ts'
import { judgeEnv } from './node-env.ts'
import { refuse } from './problems.ts'
import type { Route } from './route.ts'
import { routeTable, type TableOptions } from './routes.ts'
import { type Entry, type Shortcut, shortcut } from './shortcut.ts'

/** The options of `createApp`. */
export interface AppOptions extends TableOptions, DispatcherOptions {}

/** Who is at the other end of the connection. */
export interface Peer {
  /**
   * Its IP address, or null if the server does not know it: then sessions record none, and all clients together are
   * limited like one address.
   */
  readonly address: string | null
}

/** The app as a function, for a server of your own, which passes the peer of each request. */
export type Handler = (request: Request, peer: Peer) => Promise<Response>

/**
 * The whole HTTP interface as one function.
 *
 * @throws RangeError as `createApp` does
 */
export function createHandler(auth: Auth, options: AppOptions = {}): Handler {
  const app = createApp(auth, options)
  return async (request, peer) => app.fetch(request, peer)
}

export type App = Hono<{ Bindings: Peer }>

/**
 * The whole HTTP interface as one `Request → Response`: serve it, mount it, or call it in a test.
 *
 * @throws RangeError for a mailbox or another `development` route in production, and for an invalid option, such as an
 *   `appUrl` that is not an http or https URL
 */
export function createApp(auth: Auth, options: AppOptions = {}): App {
  const table = routeTable(auth, options)
  if (options.mode !== 'development') requireNoDevelopment(table)
  const dispatcher = new Dispatcher(auth, options)
  const app: App = new Hono()
  const entries = [...table, ...otherEntries(dispatcher, table)]
  for (const entry of entries) app.on(entry.method, entry.path, handler(dispatcher, entry))
  app.notFound(handler(dispatcher, unknownPath))
  const ownRoutes = app.routes.length
  const short = shortcut(entries, dispatcher)
  // The shortcut must not bypass what was added to the app later, such as middleware.
  shortcuts.set(app, (incoming, outgoing) =>
    app.routes.length === ownRoutes ? short(incoming, outgoing) : null,
  )
  return app
}

const shortcuts = new WeakMap<object, Shortcut>()

/** The shortcut into an app made by `createApp`; null for any other app. */
export function shortcutInto(app: object): Shortcut | null {
  return shortcuts.get(app) ?? null
}

// SECURITY: behind a proxy on the same machine every client looks local, so in production such a route must not exist.
function requireNoDevelopment(table: readonly Route[]): void {
  const shown = table.find(({ access }) => access === 'development')
  if (shown) throw new RangeError(`${shown.path} is for mode 'development' alone`)
}

function handler(
  dispatcher: Dispatcher,
  responder: Responder,
): (context: Context<{ Bindings: Peer }>) => Promise<Response> {
  return async ({ req, env }) => {
    const routed = { request: req.raw, params: req.param(), peer: addressOf(env) }
    const judging = judgeEnv(env)
    const refusal = judging && (await judging)
    const responding = refusal ? { path: null, respond: () => refusal } : responder
    return toResponse(await dispatcher.dispatch(responding, routed))
  }
}

// `@hono/node-server` passes Node's own request instead of a `Peer`; the address is that of its socket.
function addressOf(env: Partial<Peer & NodePeer> | undefined): string | undefined {
  return env?.address ?? env?.incoming?.socket?.remoteAddress
}

interface NodePeer {
  readonly incoming: { readonly socket?: { readonly remoteAddress?: string | undefined } }
}

function otherEntries(dispatcher: Dispatcher, table: readonly Route[]): Entry[] {
  return [...Map.groupBy(table, ({ path }) => path)].map(([path, routes]) => ({
    method: 'ALL',
    path,
    respond: (context) => respondOtherwise(dispatcher, routes, context),
  }))
}

// Answers other methods on a known path. A path that does not exist for a client does not exist for any method.
function respondOtherwise(
  { cors }: Dispatcher,
  routes: readonly Route[],
  { request, client }: RequestContext,
): Answer {
  const isHidden = routes.every(({ access }) => access === 'development')
  if (isHidden && !admitDeveloper(request, client)) return refuse('not_found')
  const { headers, method } = request
  const isPreflight = method === 'OPTIONS' && headers.has('access-control-request-method')
  if (!isPreflight) return refuse('method_not_allowed', { headers: { allow: allowOf(routes) } })
  return { status: 204, body: undefined, headers: cors.preflightFor(headers.get('origin')) }
}

function allowOf(routes: readonly Route[]): string {
  return routes.flatMap(({ method }) => (method === 'GET' ? ['GET', 'HEAD'] : [method])).join(', ')
}

const unknownPath: Responder = { path: null, respond: () => refuse('not_found') }
