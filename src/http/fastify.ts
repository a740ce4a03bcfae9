import type {
  FastifyInstance,
  FastifyPluginAsync,
  FastifyReply,
  FastifyRequest,
  onRequestHookHandler,
  preValidationHookHandler,
} from 'fastify'
import type { Auth } from '../core/auth.ts'
import { runAs } from '../core/current.ts'
import type { Principal, Session, User } from '../core/entities.ts'
import {
  Admission,
  type AdmissionOptions,
  noSessionOfKey,
  presentRefusal,
  type RouteAccess,
  requireAccess,
} from './admission.ts'
import { type AppOptions, createApp } from './app.ts'
import { isPrompt } from './late-body.ts'
import { nodeListener } from './node.ts'
import { NodeHeaders } from './node-request.ts'
import { turnOf } from './pipeline.ts'
import { isRefusal, type Refusal } from './problems.ts'
import { judgeRaw } from './raw-head.ts'

const held = Symbol('latchkey.principal')

interface Held {
  readonly principal: Principal
  /** By `performance.now()`. */
  readonly admittedAt: number
}

declare module 'fastify' {
  interface FastifyRequest {
    /** The session of the request. Reading it throws on a public route, and if the request came by an API key. */
    readonly session: Session
    /** The user of the request. Reading it throws on a public route. */
    readonly user: User
    [held]?: Held
  }
  interface FastifyContextConfig {
    /** Who may use the route: everybody (`public`), or whoever meets the access; default `session`. */
    access?: 'public' | RouteAccess
  }
}

/** The options of `protect`. */
export interface ProtectOptions extends AdmissionOptions {
  readonly auth: Auth
}

/** The options of `latchkey`, which include those of `protect` and of `createApp`. */
export interface LatchkeyOptions extends ProtectOptions, AppOptions {
  /** A prefix for Latchkey's own routes, after that of the scope; default none. */
  readonly prefix?: string
}

/**
 * Adds Latchkey's routes to a Fastify app, and `protect` to all other routes of the scope in which it is registered.
 *
 * @throws RangeError as `createApp` does, for a route of yours with a pattern in its path, and for an HTTP/2
 *   server
 */
export const latchkey: FastifyPluginAsync<LatchkeyOptions> = plugin(async (scope, options) => {
  close(scope, options)
  const { prefix = '' } = options
  scope.register(async (own) => mountTable(own, options), { prefix })
})

/**
 * Closes every route of the scope in which it is registered, and of the scopes below, whether they are registered
 * before or after it. `access: 'public'` in the `config` of a route opens it.
 *
 * The session may also be in the cookie that `createApp` sets in the same `mode`.
 *
 * @throws RangeError for an invalid origin, and for an HTTP/2 server
 */
export const protect: FastifyPluginAsync<ProtectOptions> = plugin(async (scope, options) =>
  close(scope, options),
)

// Makes Fastify apply a plugin to the scope in which it is registered, not to a new one.
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
    // Fastify does nothing more with the request: Latchkey reads the body, and answers.
    if (depth > 0) raw.url = (raw.url ?? '').replace(above, '')
    void listener(raw, reply.raw)
  }
  const paths = new Set(app.routes.map(({ path }) => path))
  for (const url of paths) {
    scope.route({
      method: scope.supportedMethods,
      url: requirePlain(url),
      // Each of these routes checks its own access.
      config: { access: 'public' },
      onRequest: answer,
      handler: () => {},
      exposeHeadRoute: false,
    })
  }
}

function requirePlain(path: string): string {
  if (/^\/(?::?[\w.~-]+(?:\/:?[\w.~-]+)*)?$/.test(path)) return path
  throw new RangeError(`${path} has a pattern that Fastify would read differently`)
}

function close(scope: FastifyInstance, { auth, ...options }: ProtectOptions): void {
  // Over HTTP/2 every request would be refused, one by one.
  if ('http2' in scope.initialConfig && scope.initialConfig.http2 === true) {
    throw new RangeError('Latchkey speaks HTTP/1.1: leave http2 to the proxy in front')
  }
  scope.decorateRequest('session', { getter: readSession })
  scope.decorateRequest('user', { getter: readUser })
  scope.addHook('onRoute', (route) => {
    const { config, url } = route
    const access = config?.access
    if (access === undefined || access === 'public') return
    route.config = { ...config, access: requireAccess(access, url, auth) }
  })
  // SECURITY: Fastify applies a hook of a scope to all of its routes and scopes, even to those registered before the
  // hook. An `onRoute` hook that closed each new route would miss those.
  const admission = new Admission(auth, options)
  scope.addHook('onRequest', admitTo(admission, auth))
  // The body is read between these two hooks.
  scope.addHook('preValidation', readmitTo(admission))
}

function admitTo(admission: Admission, auth: Auth): onRequestHookHandler {
  return (request, reply, done) => {
    const { config, url = '' } = request.routeOptions
    const { access = 'session' } = config
    if (access === 'public') return done()
    // SECURITY: a route that was registered before the plugin, or changed by another hook, was not checked at the
    // start, and an access that does not exist would admit any session.
    requireAccess(access, url, auth)
    const judged = judgeRaw(request.raw)
    if (judged === 'condemned') return void reply.hijack()
    if (judged) return sendRefusal(judged, request, reply)
    const turn = turnOf(request.raw, reply.raw)
    if (turn === 'never') return void reply.hijack()
    const headers = new NodeHeaders(request.raw.headers)
    const admit = () => admission.admit({ method: request.method, headers }, access)
    turn.then(admit).then((admitted) => {
      if (isRefusal(admitted)) return sendRefusal(admitted, request, reply)
      request[held] = { principal: admitted, admittedAt: performance.now() }
      runAs(admitted, done)
    }, done)
  }
}

// SECURITY: a client can hold its body back for as long as `requestTimeout` lets it.
function readmitTo(admission: Admission): preValidationHookHandler {
  return (request, reply, done) => {
    const { [held]: admitted } = request
    // Requests without a body are not treated differently: a parser may have read one without keeping it.
    if (!admitted || isPrompt(admitted.admittedAt)) return done()
    admission.readmit(admitted.principal, admitted.admittedAt).then((refusal) => {
      if (refusal) return sendRefusal(refusal, request, reply)
      done()
    }, done)
  }
}

function sendRefusal(refusal: Refusal, request: FastifyRequest, reply: FastifyReply): void {
  const headers = new NodeHeaders(request.raw.headers)
  if (refusal.status >= 500) request.log.error({ code: refusal.code }, 'not let in')
  // Something else, such as a deadline, may have begun to answer: then Fastify would throw, which ends the process.
  if (reply.raw.headersSent) return
  const presented = presentRefusal(refusal, { headers })
  reply.code(presented.status).headers(presented.headers).send(presented.body)
}

function readSession(this: FastifyRequest): Session {
  const { session } = principalOf(this)
  if (session) return session
  throw new Error(noSessionOfKey)
}

function readUser(this: FastifyRequest): User {
  return principalOf(this).user
}

function principalOf({ [held]: admitted, routeOptions }: FastifyRequest): Principal {
  if (admitted) return admitted.principal
  throw new Error(
    `${routeOptions.url ?? 'This route'} is open to everybody, so its requests have neither session nor user: see current()`,
  )
}
