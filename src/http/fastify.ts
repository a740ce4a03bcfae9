import type {
  FastifyInstance,
  FastifyPluginAsync,
  FastifyReply,
  FastifyRequest,
  onRequestHookHandler,
} from 'fastify'
import type { Auth } from '../core/auth.ts'
import { runAs } from '../core/current.ts'
import type { Principal, Session, User } from '../core/entities.ts'
import { Admission, type AdmissionOptions, presentRefusal, type RouteAccess } from './admission.ts'
import { type AppOptions, createApp } from './app.ts'
import { nodeListener } from './node.ts'
import { NodeHeaders } from './node-request.ts'
import { isRefusal, type Refusal } from './problems.ts'
import { judgeRaw } from './raw-head.ts'

const held = Symbol('latchkey.principal')

declare module 'fastify' {
  interface FastifyRequest {
    /** The session that the request came by. Where there need be none, to read it throws. */
    readonly session: Session
    /** Whose request it is. On a route that is opened, to read it throws. */
    readonly user: User
    [held]?: Principal | null
  }
  interface FastifyContextConfig {
    /**
     * Who may: without it whoever holds a session; `public` is everybody, `fresh` a session whose
     * password was verified within ten minutes, a scope a session or an API key that has it.
     */
    access?: 'public' | RouteAccess
  }
}

/** What `protect` is told. */
export interface ProtectOptions extends AdmissionOptions {
  readonly auth: Auth
}

/** What `latchkey` is told: that and everything that `createApp` may be. */
export interface LatchkeyOptions extends ProtectOptions, AppOptions {
  /** Where Latchkey's own routes are, below the prefix of the scope; default right there. */
  readonly prefix?: string
}

/**
 * Latchkey in a Fastify app: its routes, and `protect` for every other route of the scope that it is
 * registered in.
 *
 * @throws RangeError as `createApp`, for a route of yours with a pattern in its path, and for a server of
 *   HTTP/2
 */
export const latchkey: FastifyPluginAsync<LatchkeyOptions> = plugin(async (scope, options) => {
  close(scope, options)
  const { prefix = '' } = options
  scope.register(async (own) => mountTable(own, options), { prefix })
})

/**
 * Closes every route of the scope that it is registered in, and of those below it, whenever they are
 * registered; a route is opened in its own `config`, by `access: 'public'`.
 *
 * A session may also be in the cookie that `createApp` sets, in the same `mode` as there.
 *
 * @throws RangeError for an origin that is none
 */
export const protect: FastifyPluginAsync<ProtectOptions> = plugin(async (scope, options) =>
  close(scope, options),
)

// What Fastify reads off a plugin that is to work on the scope it stands in, not on one of its own.
function plugin<Options extends object>(
  register: FastifyPluginAsync<Options>,
): FastifyPluginAsync<Options> {
  return Object.assign(register, {
    [Symbol.for('skip-override')]: true,
    [Symbol.for('plugin-meta')]: { name: 'latchkey', fastify: '5.x' },
  })
}

function mountTable(scope: FastifyInstance, { auth, ...options }: LatchkeyOptions): void {
  const app = createApp(auth, options)
  const listener = nodeListener(app)
  const depth = scope.prefix.replace(/\/$/, '').split('/').length - 1
  const above = new RegExp(`^(?:/[^/?]*){${depth}}`)
  const answer: onRequestHookHandler = ({ raw }, reply) => {
    reply.hijack()
    // Not next: the body is read by Latchkey, and nobody else has an answer.
    if (depth > 0) raw.url = (raw.url ?? '').replace(above, '')
    void listener(raw, reply.raw)
  }
  const paths = new Set(app.routes.map(({ path }) => path))
  for (const url of paths) {
    scope.route({
      method: scope.supportedMethods,
      url: requirePlain(url),
      // Who may use one, it says itself.
      config: { access: 'public' },
      onRequest: answer,
      handler: () => {},
      exposeHeadRoute: false,
    })
  }
}

function requirePlain(path: string): string {
  if (/^\/(?::?[\w.~-]+(?:\/:?[\w.~-]+)*)?$/.test(path)) return path
  throw new RangeError(`${path} has a pattern in it that Fastify would read in another way`)
}

function close(scope: FastifyInstance, { auth, ...options }: ProtectOptions): void {
  // Its requests would be refused one by one.
  if ('http2' in scope.initialConfig && scope.initialConfig.http2 === true) {
    throw new RangeError('Latchkey speaks HTTP/1.1: leave http2 to the proxy in front')
  }
  scope.decorateRequest('session', { getter: readSession })
  scope.decorateRequest('user', { getter: readUser })
  scope.addHook('onRoute', ({ config, url }) =>
    requireAccess(config?.access, { url, scopes: auth.config.apiKeys.scopes }),
  )
  // SECURITY: Fastify gives a hook to every route and scope that there is by the start, also to those
  // that were registered before it. On a route alone it would miss them.
  scope.addHook('onRequest', admitTo(new Admission(auth, options)))
}

/** @throws RangeError for an access that there is not, which would leave the route closed */
function requireAccess(
  access: unknown,
  { url, scopes }: { readonly url: string; readonly scopes: readonly string[] },
): void {
  if (access === undefined || ['public', 'session', 'fresh'].some((each) => each === access)) return
  const scope: unknown = Object(access).scope
  if (typeof scope !== 'string') {
    throw new RangeError(`${url} has the access ${String(access)}: there is none of that name`)
  }
  if (scopes.includes(scope)) return
  throw new RangeError(
    `${url} asks for ${scope}, which is none of the apiKeys.scopes of createAuth()`,
  )
}

function admitTo(admission: Admission): onRequestHookHandler {
  return (request, reply, done) => {
    const access = request.routeOptions.config.access ?? 'session'
    if (access === 'public') return done()
    const judged = judgeRaw(request.raw)
    if (judged === 'condemned') return void reply.hijack()
    if (judged) return sendRefusal(judged, request, reply)
    const headers = new NodeHeaders(request.raw.headers)
    admission.admit({ method: request.method, headers }, access).then((admitted) => {
      if (isRefusal(admitted)) return sendRefusal(admitted, request, reply)
      request[held] = admitted
      runAs(admitted, done)
    }, done)
  }
}

function sendRefusal(refusal: Refusal, request: FastifyRequest, reply: FastifyReply): void {
  const headers = new NodeHeaders(request.raw.headers)
  if (refusal.status >= 500) request.log.error({ code: refusal.code }, 'not let in')
  const presented = presentRefusal(refusal, { headers })
  reply.code(presented.status).headers(presented.headers).send(presented.body)
}

function readSession(this: FastifyRequest): Session {
  const { session } = principalOf(this)
  if (session) return session
  throw new Error('This request came by an API key: current() has who asks, and which key')
}

function readUser(this: FastifyRequest): User {
  return principalOf(this).user
}

function principalOf({ [held]: principal, routeOptions }: FastifyRequest): Principal {
  if (principal) return principal
  throw new Error(
    `${routeOptions.url ?? 'This route'} is open to everybody, and a request of it has no session: ask current()`,
  )
}
