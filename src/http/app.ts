import { Hono, type Context as HonoContext } from 'hono'
import type { Auth } from '../core/auth.ts'
import { faultsOnly, type Log, unfailing } from '../core/log.ts'
import type { Mailbox } from '../core/mail.ts'
import type { PasswordPolicy } from '../core/password-policy.ts'
import { type Answer, requestIdOf, toResponse } from './answers.ts'
import { type Cors, cors } from './cors.ts'
import { refusalOf } from './errors.ts'
import { refuse } from './problems.ts'
import type { Incoming, Route } from './route.ts'
import { routeTable, type SignUp } from './routes.ts'

/** What the app may be told beside its `auth`. */
export interface AppOptions {
  /** Your own routes: in the table they are checked, documented and tested like Latchkey's. */
  readonly routes?: readonly Route[]
  /** Origins whose pages may read the answers, exactly as browsers send them; default none. */
  readonly corsOrigins?: readonly string[]
  /** Default `open`. */
  readonly signUp?: SignUp
  /** In production, the default, browsers are told to come to this host by HTTPS (RFC 6797). */
  readonly mode?: 'development' | 'production'
  /** Development alone: what `/dev/mailbox` shows to whoever sits at this machine. */
  readonly mailbox?: Mailbox | null
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

/** The whole HTTP interface as one `Request → Response`: serve it, mount it, or call it in a test. */
export function createApp(auth: Auth, options: AppOptions = {}): App {
  const table = routeTable(auth, options.signUp ?? 'open', options.routes ?? [])
  const outside: Outside = {
    cors: cors(options.corsOrigins ?? []),
    transport: options.mode === 'development' ? {} : strictTransport,
    log: unfailing(options.log ?? faultsOnly),
    passwords: auth.config.passwords,
  }
  const app: App = new Hono()
  for (const route of table) {
    app.on(route.method, route.path, (context) =>
      respond(outside, context, {
        path: route.path,
        answer: () => route.respond({ auth, ...incomingOf(context) }),
      }),
    )
  }
  for (const [path, allow] of allowedMethods(table)) {
    app.all(path, (context) =>
      respond(outside, context, { path, answer: () => answerOtherwise(outside, context, allow) }),
    )
  }
  app.notFound((context) =>
    respond(outside, context, { path: null, answer: () => refuse('not_found') }),
  )
  return app
}

const strictTransport = { 'strict-transport-security': 'max-age=63072000' }

interface Outside {
  readonly cors: Cors
  readonly transport: Readonly<Record<string, string>>
  readonly log: Log
  readonly passwords: PasswordPolicy
}

interface Handled {
  /** The route's path; the request's own can carry a secret, and is not logged. */
  readonly path: string | null
  readonly answer: () => Answer | Promise<Answer>
}

async function respond(outside: Outside, context: Context, handled: Handled): Promise<Response> {
  const started = performance.now()
  const { method, headers } = context.req.raw
  const requestId = requestIdOf(headers)
  const answer = await attempt(outside, handled, requestId)
  const milliseconds = Math.round(performance.now() - started)
  const { path } = handled
  outside.log.info({ requestId, method, path, status: answer.status, milliseconds }, 'request')
  const sharing = outside.cors.headersFor(headers.get('origin'))
  return toResponse(answer, { requestId, headers: { ...outside.transport, ...sharing } })
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

function answerOtherwise({ cors }: Outside, context: Context, allow: string): Answer {
  const { headers, method } = context.req.raw
  const isPreflight = method === 'OPTIONS' && headers.has('access-control-request-method')
  if (!isPreflight) return refuse('method_not_allowed', { headers: { allow } })
  return { status: 204, body: undefined, headers: cors.preflightFor(headers.get('origin')) }
}

function allowedMethods(table: readonly Route[]): Map<string, string> {
  const methods = new Map<string, string[]>()
  for (const { method, path } of table) {
    const also = method === 'GET' ? ['GET', 'HEAD'] : [method]
    methods.set(path, [...(methods.get(path) ?? []), ...also])
  }
  return new Map([...methods].map(([path, each]) => [path, each.join(', ')]))
}

function incomingOf(context: Context): Omit<Incoming, 'auth'> {
  const request = context.req.raw
  // Node writes an IPv4 peer of a dual-stack socket as ::ffff:192.0.2.1.
  const ipAddress = context.env?.address?.replace(/^::ffff:/, '') ?? null
  const userAgent = request.headers.get('user-agent')?.slice(0, 1_024) ?? null
  return { request, params: context.req.param(), client: { ipAddress, userAgent } }
}
