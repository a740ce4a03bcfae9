import { Hono, type Context as HonoContext } from 'hono'
import type { Auth } from '../core/auth.ts'
import { faultsOnly, type Log, unfailing } from '../core/log.ts'
import type { PasswordPolicy } from '../core/password-policy.ts'
import {
  type Answer,
  type Envelope,
  type Presented,
  present,
  requestIdOf,
  securityHeaders,
  toResponse,
} from './answers.ts'
import type { Asked } from './asked.ts'
import { type ClientAddresses, clientAddresses } from './client-address.ts'
import { type Cors, cors } from './cors.ts'
import { admitDeveloper } from './development.ts'
import { refusalOf } from './errors.ts'
import { refuse } from './problems.ts'
import type { Incoming, Route } from './route.ts'
import { routeTable, type TableOptions } from './routes.ts'
import { type Found, type Shortcut, shortcut } from './shortcut.ts'

/** What the app may be told beside its `auth`. */
export interface AppOptions extends TableOptions {
  /** Origins whose pages may read the answers, exactly as browsers send them; default none. */
  readonly corsOrigins?: readonly string[]
  /** Addresses or networks of proxies: who may say whom a request comes from; default none. */
  readonly trustedProxies?: readonly string[]
  /** In production, the default, browsers are told to come to this host by HTTPS (RFC 6797). */
  readonly mode?: 'development' | 'production'
  /** Default: faults alone, on standard error. */
  readonly log?: Log
}

/** Who is at the other end of the connection, as far as the server can tell. */
export interface Peer {
  /** Its address; without it sessions have none. */
  readonly address?: string | undefined
}

export type App = Hono<{ Bindings: Peer }>

type Context = HonoContext<{ Bindings: Peer }>

/**
 * The whole HTTP interface as one `Request → Response`: serve it, mount it, or call it in a test.
 *
 * @throws RangeError for a mailbox, or another route of development, in production
 */
export function createApp(auth: Auth, options: AppOptions = {}): App {
  const table = routeTable(auth, options)
  if (options.mode !== 'development') requireNoDevelopment(table)
  const log = unfailing(options.log ?? faultsOnly)
  const outside: Outside = {
    cors: cors(options.corsOrigins ?? [], standingHeaders(options)),
    clients: clientAddresses(options.trustedProxies ?? [], (peer) =>
      log.error({ peer }, 'a proxy that is not in TRUSTED_PROXIES: all behind it count as one'),
    ),
    log,
    passwords: auth.config.passwords,
  }
  const app: App = new Hono()
  for (const route of table) {
    app.on(route.method, route.path, (context) =>
      respond(outside, context, {
        path: route.path,
        answer: () => route.respond({ auth, ...contextOf(outside, context) }),
      }),
    )
  }
  for (const [path, routes] of Map.groupBy(table, ({ path }) => path)) {
    app.all(path, (context) =>
      respond(outside, context, { path, answer: () => answerOtherwise(outside, context, routes) }),
    )
  }
  app.notFound((context) =>
    respond(outside, context, { path: null, answer: () => refuse('not_found') }),
  )
  const born = app.routes.length
  const short = shortcut(table, (asked, found, peer) =>
    answerShort({ auth, ...outside }, asked, { ...found, peer }),
  )
  // What somebody added to the app, a middleware perhaps, is not to be passed by.
  shortcuts.set(app, (incoming) => (app.routes.length === born ? short(incoming) : null))
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

function standingHeaders({ mode }: AppOptions): Record<string, string> {
  if (mode === 'development') return securityHeaders
  return { ...securityHeaders, 'strict-transport-security': 'max-age=63072000' }
}

interface Outside {
  readonly cors: Cors
  readonly clients: ClientAddresses
  readonly log: Log
  readonly passwords: PasswordPolicy
}

interface Handled {
  /** The route's path; the request's own can carry a secret, and is not logged. */
  readonly path: string | null
  readonly answer: () => Answer | Promise<Answer>
}

async function respond(outside: Outside, context: Context, handled: Handled): Promise<Response> {
  const { answer, envelope } = await settle(outside, context.req.raw, handled)
  return toResponse(answer, envelope)
}

async function answerShort(
  { auth, ...outside }: Outside & { auth: Auth },
  asked: Asked,
  { route, params, peer }: Found & { peer: string | undefined },
): Promise<Presented> {
  const answer = () => route.respond({ auth, params, ...incomingOf(outside, asked, peer) })
  const settled = await settle(outside, asked, { path: route.path, answer })
  return present(settled.answer, settled.envelope)
}

async function settle(
  outside: Outside,
  { method, headers }: Pick<Asked, 'method' | 'headers'>,
  handled: Handled,
): Promise<{ answer: Answer; envelope: Envelope }> {
  const started = performance.now()
  const requestId = requestIdOf(headers)
  const answer = await attempt(outside, handled, requestId)
  const milliseconds = Math.round(performance.now() - started)
  const { path } = handled
  outside.log.info({ requestId, method, path, status: answer.status, milliseconds }, 'request')
  const standing = outside.cors.headersFor(headers.get('origin'))
  return { answer, envelope: { requestId, headers: standing } }
}

// The outermost handler: what nobody expected is logged here and answered without a word about it.
async function attempt(
  { log, passwords }: Outside,
  { answer }: Handled,
  requestId: string,
): Promise<Answer> {
  try {
    return await answer()
  } catch (error) {
    const refusal = refusalOf(error, passwords)
    // A storm is no fault: its refusals are counted among the requests.
    const isFault = refusal.status >= 500 && refusal.code !== 'overloaded'
    if (isFault) log.error({ requestId, err: error }, refusal.code)
    return refusal
  }
}

// Another method on a known path; to whom a path is hidden, it is hidden by every method.
function answerOtherwise(outside: Outside, context: Context, routes: readonly Route[]): Answer {
  const { request, client } = contextOf(outside, context)
  const isHidden = routes.every(({ access }) => access === 'development')
  if (isHidden && !admitDeveloper(request, client)) return refuse('not_found')
  const { headers, method } = request
  const isPreflight = method === 'OPTIONS' && headers.has('access-control-request-method')
  if (!isPreflight) return refuse('method_not_allowed', { headers: { allow: allowOf(routes) } })
  const shared = outside.cors.preflightFor(headers.get('origin'))
  return { status: 204, body: undefined, headers: shared }
}

function allowOf(routes: readonly Route[]): string {
  return routes.flatMap(({ method }) => (method === 'GET' ? ['GET', 'HEAD'] : [method])).join(', ')
}

function contextOf(outside: Outside, { req, env }: Context): Omit<Incoming, 'auth'> {
  return { params: req.param(), ...incomingOf(outside, req.raw, env?.address) }
}

function incomingOf(
  { clients }: Outside,
  request: Asked,
  peer: string | undefined,
): Pick<Incoming, 'request' | 'client'> {
  const ipAddress = clients.find(request.headers, peer)
  const userAgent = request.headers.get('user-agent')?.slice(0, 1_024) ?? null
  return { request, client: { ipAddress, userAgent } }
}
