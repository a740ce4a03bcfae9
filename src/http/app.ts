import { randomUUID } from 'node:crypto'
import { Hono, type Context as HonoContext } from 'hono'
import type { Auth } from '../core/auth.ts'
import { AuthError } from '../core/errors.ts'
import type { Client } from '../core/sessions.ts'
import { type Answer, toResponse } from './answers.ts'
import { type Cors, cors } from './cors.ts'
import { type Log, silent } from './log.ts'
import { type Refusal, refuse } from './problems.ts'
import type { Route } from './route.ts'
import { routeTable, type SignUp } from './routes.ts'

/** What the app may be told beside its `auth`. */
export interface AppOptions {
  /** Your own routes: in the table they are checked, documented and tested like Latchkey's. */
  readonly routes?: readonly Route[]
  /** Origins whose pages may read the answers, exactly as browsers send them; default none. */
  readonly corsOrigins?: readonly string[]
  /** Default `open`. */
  readonly signUp?: SignUp
  /** In production, the default, browsers are told to come by HTTPS only (RFC 6797). */
  readonly mode?: 'development' | 'production'
  /** Default silent. */
  readonly log?: Log
}

/** What the server knows of a request that the request itself does not say. */
export interface Environment {
  /** The address of the peer; without it sessions have none. */
  readonly address?: string | undefined
}

export type App = Hono<{ Bindings: Environment }>

type Context = HonoContext<{ Bindings: Environment }>

/** The whole HTTP interface as one `Request → Response`: serve it, mount it, or call it in a test. */
export function createApp(auth: Auth, options: AppOptions = {}): App {
  const table = routeTable(auth, options.signUp ?? 'open', options.routes ?? [])
  const outside: Outside = {
    auth,
    cors: cors(options.corsOrigins ?? []),
    transport: options.mode === 'development' ? {} : strictTransport,
    log: options.log ?? silent,
  }
  const app: App = new Hono()
  for (const route of table) {
    app.on(route.method, route.path, (context) => respond(outside, context, route))
  }
  for (const [path, allow] of allowedMethods(table)) {
    app.all(path, (context) => respondOtherwise(outside, context, allow))
  }
  app.notFound((context) => send(outside, context, refuse('not_found')))
  return app
}

const strictTransport = { 'strict-transport-security': 'max-age=63072000; includeSubDomains' }

interface Outside {
  readonly auth: Auth
  readonly cors: Cors
  readonly transport: Readonly<Record<string, string>>
  readonly log: Log
}

async function respond(outside: Outside, context: Context, route: Route): Promise<Response> {
  const started = performance.now()
  const requestId = requestIdOf(context.req.raw)
  const answer = await attempt(outside, requestId, () =>
    route.respond({
      auth: outside.auth,
      request: context.req.raw,
      client: clientOf(context),
      params: context.req.param(),
    }),
  )
  const response = send(outside, context, answer, requestId)
  const milliseconds = Math.round(performance.now() - started)
  // The route's path, not the request's: a path can carry a secret.
  const { method, path } = route
  outside.log.info({ requestId, method, path, status: answer.status, milliseconds }, 'request')
  return response
}

// The outermost handler: what nobody expected is logged here and answered without a word about it.
async function attempt(
  { log }: Outside,
  requestId: string,
  work: () => Promise<Answer>,
): Promise<Answer> {
  try {
    return await work()
  } catch (error) {
    const refusal = refusalOf(error)
    if (refusal.status >= 500) log.error({ requestId, error }, refusal.code)
    return refusal
  }
}

function refusalOf(error: unknown): Refusal {
  if (!(error instanceof AuthError)) return refuse('internal_error')
  switch (error.code) {
    case 'overloaded':
    case 'unavailable':
      return refuse(error.code)
    case 'validation_failed':
    case 'email_address_taken':
      return refuse('validation_failed')
  }
}

function respondOtherwise(outside: Outside, context: Context, allow: string): Response {
  const { headers, method } = context.req.raw
  if (method === 'OPTIONS' && headers.has('access-control-request-method')) {
    return new Response(null, {
      status: 204,
      headers: outside.cors.preflightFor(headers.get('origin')),
    })
  }
  return send(outside, context, refuse('method_not_allowed', { headers: { allow } }))
}

function send(
  { cors, transport }: Outside,
  context: Context,
  answer: Answer,
  requestId = requestIdOf(context.req.raw),
): Response {
  const sharing = cors.headersFor(context.req.raw.headers.get('origin'))
  return toResponse(answer, { requestId, headers: { ...transport, ...sharing } })
}

function allowedMethods(table: readonly Route[]): Map<string, string> {
  const methods = new Map<string, string[]>()
  for (const { method, path } of table) {
    const also = method === 'GET' ? ['GET', 'HEAD'] : [method]
    methods.set(path, [...(methods.get(path) ?? []), ...also])
  }
  return new Map([...methods].map(([path, each]) => [path, each.join(', ')]))
}

// A proxy's id is kept so that its log and ours can be laid side by side.
function requestIdOf(request: Request): string {
  const given = request.headers.get('x-request-id')
  return given && /^[\w.-]{1,64}$/.test(given) ? given : randomUUID()
}

function clientOf(context: Context): Client {
  return {
    // Node writes an IPv4 peer of a dual-stack socket as ::ffff:192.0.2.1.
    ipAddress: context.env?.address?.replace(/^::ffff:/, '') ?? null,
    userAgent: context.req.raw.headers.get('user-agent')?.slice(0, 1_024) ?? null,
  }
}
