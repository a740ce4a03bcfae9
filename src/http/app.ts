import { type Context, Hono } from 'hono'
import type { Auth } from '../core/auth.ts'
import { type Answer, toResponse } from './answers.ts'
import { admitDeveloper } from './development.ts'
import { Dispatcher, type DispatcherOptions, type Responder } from './dispatcher.ts'
import type { RequestContext } from './exchange.ts'
import { refuse } from './problems.ts'
import type { Route } from './route.ts'
import { routeTable, type TableOptions } from './routes.ts'
import { type Entry, type Shortcut, shortcut } from './shortcut.ts'

/** What the app may be told beside its `auth`. */
export interface AppOptions extends TableOptions, DispatcherOptions {}

/** Who is at the other end of the connection. */
export interface Peer {
  /**
   * Its address. Where the server cannot know it, null: then sessions have none, and all clients
   * together have the attempts of one.
   */
  readonly address: string | null
}

/** The app for a server of your own, which has to say whom it speaks to. */
export type Handler = (request: Request, peer: Peer) => Promise<Response>

/**
 * The whole HTTP interface as one function.
 *
 * @throws RangeError as `createApp`
 */
export function createHandler(auth: Auth, options: AppOptions = {}): Handler {
  const app = createApp(auth, options)
  return async (request, peer) => app.fetch(request, peer)
}

export type App = Hono<{ Bindings: Peer }>

/**
 * The whole HTTP interface as one `Request → Response`: serve it, mount it, or call it in a test.
 *
 * @throws RangeError for a mailbox, or another route of development, in production, and for an `appUrl`
 *   that no link can begin with
 */
export function createApp(auth: Auth, options: AppOptions = {}): App {
  const table = routeTable(auth, options)
  if (options.mode !== 'development') requireNoDevelopment(table)
  const dispatcher = new Dispatcher(auth, options)
  const app: App = new Hono()
  const entries = [...table, ...otherEntries(dispatcher, table)]
  for (const entry of entries) app.on(entry.method, entry.path, handler(dispatcher, entry))
  app.notFound(handler(dispatcher, nothing))
  const born = app.routes.length
  const short = shortcut(entries, dispatcher)
  // What somebody added to the app, a middleware perhaps, is not to be passed by.
  shortcuts.set(app, (incoming, outgoing) =>
    app.routes.length === born ? short(incoming, outgoing) : null,
  )
  return app
}

const shortcuts = new WeakMap<object, Shortcut>()

/** The short way into an app that `createApp` made; null for any other. */
export function shortcutInto(app: object): Shortcut | null {
  return shortcuts.get(app) ?? null
}

// SECURITY: a proxy on the same machine can make everybody look as if they sat at it. Where that
// would matter, such a route does not exist.
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
    return toResponse(await dispatcher.dispatch(responder, routed))
  }
}

// Of a server that hands over what `@hono/node-server` does, Node's own request knows it.
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

// Another method on a known path; to whom a path is hidden, it is hidden by every method.
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

const nothing: Responder = { path: null, respond: () => refuse('not_found') }
