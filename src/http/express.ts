import type { IncomingMessage, ServerResponse } from 'node:http'
import type { NextFunction, Request, RequestHandler } from 'express'
import type { Auth } from '../core/auth.ts'
import { runAs } from '../core/current.ts'
import type { Session, User } from '../core/entities.ts'
import {
  Admission,
  accessOf,
  noSessionOfKey,
  openedBy,
  type ProtectOptions,
  presentRefusal,
  type RouteAccess,
} from './admission.ts'
import { type AppOptions, createApp } from './app.ts'
import { nodeListener, sendUnlessAnswered } from './node.ts'
import { hasBody, NodeHeaders } from './node-request.ts'
import { isGone, turnOf } from './pipeline.ts'
import { isRefusal, refuse } from './problems.ts'
import { judgeRaw, originForm } from './raw-head.ts'

declare global {
  namespace Express {
    interface Request {
      /**
       * The session of the request, after `protect`. Reading it throws on a route that is opened by name, and if the
       * request came by an API key.
       */
      session: Session
      /** The user of the request, after `protect`. Reading it throws on a route that is opened by name. */
      user: User
    }
  }
}

/**
 * What `protect` returns. Not a `RequestHandler`, which would fix the type of `request.params` for the handlers after
 * it.
 */
export type Middleware = (
  request: IncomingMessage & Pick<Request, 'baseUrl' | 'method' | 'path' | 'session' | 'user'>,
  response: ServerResponse,
  next: NextFunction,
) => Promise<void>

/**
 * Latchkey's own routes as middleware for an Express app, or for a path in one. It passes on all other requests.
 *
 * @throws RangeError as `createApp` does
 */
export function latchkey(auth: Auth, options: AppOptions = {}): RequestHandler {
  const app = createApp(auth, options)
  const listener = nodeListener(app)
  return (request, response, next) => {
    const [path = ''] = originForm(request.url).split('?', 1)
    const [found] = app.router.match('GET', path)
    if (found.length === 0) return next()
    const body = restoreBody(request)
    if (body === 'spent') return next(new Error(spent))
    if (body === 'unreadable') {
      const headers = new NodeHeaders(request.headers)
      return sendUnlessAnswered(response, presentRefusal(unreadable, { headers }))
    }
    // Express awaits the promise, and handles what it throws.
    return listener(request, response)
  }
}

const unreadable = refuse('invalid_request', { error: 'The body is nested too deeply' })

const spent =
  'The body of a request to Latchkey was read already: app.use(latchkey(auth)) before what reads it'

/**
 * Middleware for your own Express app: every route registered after it needs a live session, except those that are
 * opened by name, as with Rails' `allow_unauthenticated_access`.
 *
 * A name is a method and a whole path, such as `GET /welcome`. It opens exactly this spelling, and no other that the
 * router may treat as the same path.
 *
 * The session may also be in the cookie that `createApp` sets in the same `mode`. Then a request other than GET, HEAD
 * or OPTIONS must come from a page of this origin, or of one in `corsOrigins`.
 *
 * With another `access`, add it to the route itself: `app.delete('/notes', protect(auth, { access: 'fresh' }), …)`. A
 * route that accepts API keys must be registered before the `protect` that requires a session on all others.
 *
 * @throws RangeError for a name with a pattern in it, which would never match, for an invalid origin, and for a scope
 *   that is not declared
 */
export function protect(auth: Auth, options: ProtectOptions<RouteAccess> = {}): Middleware {
  const access = accessOf(options, 'protect()', auth)
  const admission = new Admission(auth, options)
  const isOpened = openedBy(options.allowUnauthenticated)
  return async (request, response, next) => {
    if (isOpened(request.method, request.baseUrl + request.path)) return open(request, next)
    const judged = judgeRaw(request)
    if (judged === 'condemned') return
    const turn = turnOf(request, response)
    if (turn === 'never') return
    await turn
    const headers = new NodeHeaders(request.headers)
    const found = judged ?? (await admission.admit({ method: request.method, headers }, access))
    if (isRefusal(found)) return sendUnlessAnswered(response, presentRefusal(found, { headers }))
    // Your own code, such as a deadline, may have answered meanwhile: an answer of the handler would be an error.
    if (response.writableEnded) return
    // `express.json()` takes the body of a connection that is closed for one that was read before, and leaves
    // `request.body` undefined, which the handlers would take for a request without a body.
    if (isGone(request)) return
    // The same if the client has closed only its own side, as `httpAllowHalfOpen` allows. It still reads the answer.
    const isHalfClosed = request.socket?.readable === false
    if (isHalfClosed && hasBody(request) && !request.readableDidRead) {
      return sendUnlessAnswered(response, presentRefusal(halfClosed, { headers }))
    }
    request.user = found.user
    if (found.session) request.session = found.session
    else Object.defineProperty(request, 'session', ofKey)
    runAs(found, next)
  }
}

const halfClosed = refuse('invalid_request', {
  error: 'The connection was half closed before the body was read',
  headers: { connection: 'close' },
})

function open(request: object, next: NextFunction): void {
  Object.defineProperties(request, nobody)
  next()
}

const nobody = {
  session: refused('session', opened('session')),
  user: refused('user', opened('user')),
}

const ofKey = refused('session', noSessionOfKey)

function opened(name: string): string {
  return `A route that is opened has no request.${name}, whoever asks: close it, or ask current()`
}

function refused(name: string, message: string): PropertyDescriptor {
  return {
    configurable: true,
    get(): never {
      throw new Error(message)
    },
    // Set by another `protect` further on, if it admits the caller.
    set(value: unknown) {
      Object.defineProperty(this, name, {
        value,
        configurable: true,
        enumerable: true,
        writable: true,
      })
    },
  }
}

/**
 * Restores a body that `express.json()` or the like has already read, since the listener cannot read it again.
 *
 * @returns whether the body is there, or why it cannot be restored
 */
function restoreBody(
  request: IncomingMessage & { body?: unknown; rawBody?: unknown },
): 'there' | 'spent' | 'unreadable' {
  const isRead = request.readableDidRead && !['GET', 'HEAD'].includes(request.method ?? '')
  if (!isRead || request.rawBody instanceof Buffer) return 'there'
  try {
    const text = rewrite(request.body, request.headers['content-type'] ?? '')
    if (text === null) return 'spent'
    request.rawBody = Buffer.from(text)
    // Whoever read the body has decompressed it.
    delete request.headers['content-encoding']
    return 'there'
  } catch (error) {
    // JSON nested thousands deep can be parsed, but Node 24 cannot serialize it again; 25 and 26 can.
    if (error instanceof RangeError) return 'unreadable'
    throw error
  }
}

function rewrite(body: unknown, type: string): string | Buffer | null {
  if (body === undefined) return null
  if (body instanceof Buffer) return body
  const isForm = /^application\/x-www-form-urlencoded\b/i.test(type)
  if (!isForm || typeof body === 'string')
    return typeof body === 'string' ? body : JSON.stringify(body)
  const form = new URLSearchParams()
  for (const [name, value] of Object.entries(Object(body))) {
    // Of several equal names the last counts, as everywhere. Latchkey's own fields are all strings.
    const last: unknown = Array.isArray(value) ? value.at(-1) : value
    if (typeof last === 'string') form.set(name, last)
  }
  return form.toString()
}
