import type { z } from 'zod'
import { runAs } from '../core/current.ts'
import type { Answer } from './answers.ts'
import { authenticateRequest, type Holder } from './bearer.ts'
import { admitDeveloper, type Developer } from './development.ts'
import { type Admit, type Exchange, type Incoming, parse, type Schemas } from './exchange.ts'
import { admitFresh } from './password-challenge.ts'
import { isRefusal, refuse } from './problems.ts'

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

/**
 * Who may: anybody; whoever holds the token of a live session; for what is sensitive, whoever holds
 * one whose password was verified within ten minutes, or is sent along as `password_challenge`; or in
 * development whoever sits at this machine: for others such a route does not exist.
 */
export type Access = 'public' | 'session' | 'fresh' | 'development'

/** One line of the route table: the app, the OpenAPI document and the tests are made from it. */
export interface Route {
  readonly method: Method
  /** Hono's syntax: `/v1/projects/:id`. */
  readonly path: string
  readonly access: Access
  readonly summary: string
  readonly schemas: Schemas
  readonly answers: Answers
  respond(incoming: Incoming): Promise<Answer>
}

/** What a route answers when it succeeds: the status, what that means, the schema of the body. */
export interface Answers {
  readonly [status: number]: { readonly description: string; readonly body?: z.ZodType }
}

type Handle<Given> = (exchange: Given) => Answer | Promise<Answer>

interface Definition<Body, Params, Query> {
  readonly method: Method
  readonly path: `/${string}`
  readonly summary: string
  readonly body?: z.ZodType<Body>
  readonly params?: z.ZodType<Params>
  readonly query?: z.ZodType<Query>
  readonly answers: Answers
}

interface PublicDefinition<B, P, Q> extends Definition<B, P, Q> {
  readonly access: 'public'
  /** For a route that is opened by what the request itself carries: refuses before the body is judged. */
  readonly admit?: Admit<P>
  readonly handle: Handle<Exchange<B, P, Q>>
}

interface SessionDefinition<B, P, Q> extends Definition<B, P, Q> {
  /** The body of a route that is `fresh` has `passwordChallengeField` among its fields. */
  readonly access: 'session' | 'fresh'
  readonly handle: Handle<Exchange<B, P, Q> & Holder>
}

interface DevelopmentDefinition<B, P, Q> extends Definition<B, P, Q> {
  readonly access: 'development'
  readonly handle: Handle<Exchange<B, P, Q> & Developer>
}

type AnyDefinition<B, P, Q> =
  | PublicDefinition<B, P, Q>
  | SessionDefinition<B, P, Q>
  | DevelopmentDefinition<B, P, Q>

/**
 * Declares a route. Without an `access` it does not compile; with `session` the handler is given a
 * session that cannot be missing, and `current()` answers it everywhere below.
 */
export function route<Body = undefined, Params = undefined, Query = undefined>(
  definition: AnyDefinition<Body, Params, Query>,
): Route {
  const { method, path, access, summary, answers } = definition
  const { body = null, params = null, query = null } = definition
  const schemas = { body, params, query }
  const read = (incoming: Incoming, admit: Admit<Params> | null = null) =>
    parse<Body, Params, Query>(incoming, { schemas, admit })

  async function respond(incoming: Incoming): Promise<Answer> {
    if (definition.access === 'public') {
      const exchange = await read(incoming, definition.admit)
      return isRefusal(exchange) ? exchange : definition.handle(exchange)
    }
    if (definition.access === 'development') {
      const developer = admitDeveloper(incoming.request, incoming.client)
      if (!developer) return refuse('not_found')
      const exchange = await read(incoming)
      return isRefusal(exchange) ? exchange : definition.handle({ ...exchange, ...developer })
    }
    // Whoever is not let in does not get a body read, let alone judged.
    const holder = await authenticateRequest(incoming.auth, incoming.request)
    if (isRefusal(holder)) return holder
    const admit = definition.access === 'fresh' ? admitFresh(holder) : null
    const exchange = await read(incoming, admit)
    if (isRefusal(exchange)) return exchange
    const { auth, client, request, params, query, body } = exchange
    const { session, user, token } = holder
    // Awaited: to return a promise from here takes two turns more than to return what it holds.
    return await runAs({ session, user }, () =>
      definition.handle({ auth, client, request, params, query, body, session, user, token }),
    )
  }

  return { method, path, access, summary, schemas, answers, respond }
}
