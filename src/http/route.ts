import type { z } from 'zod'
import { runAs, runAsNobody } from '../core/current.ts'
import type { Principal } from '../core/entities.ts'
import type { Secret } from '../core/secret.ts'
import type { Answer } from './answers.ts'
import { authenticateRequest, authorizeRequest, type Holder } from './bearer.ts'
import { admitDeveloper, type Developer } from './development.ts'
import { type Admit, type Exchange, parse, type RequestContext, type Schemas } from './exchange.ts'
import { awaitBody } from './late-body.ts'
import { refuseOthers, requireLong } from './operator.ts'
import { admitFresh, challengeBody } from './password-challenge.ts'
import { isRefusal, refuse } from './problems.ts'

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

/**
 * Who may use a route. `public`: everybody. `session`: the holder of a live session. `session_or_key`: also an
 * API key with the route's `scope`. `fresh`, for what is sensitive: a session whose password was verified
 * within ten minutes, or is sent along as `password_challenge`. `operator`: whoever has the route's own token.
 * `development`: whoever sits at this machine; for others the route does not exist.
 */
export type Access = 'public' | 'session' | 'session_or_key' | 'fresh' | 'operator' | 'development'

/** One line of the route table: the app, the OpenAPI document and the tests are made from it. */
export interface Route {
  readonly method: Method
  /** Hono's syntax: `/v1/projects/:id`. */
  readonly path: string
  readonly access: Access
  /** The scope that an API key needs; null where no key is accepted. */
  readonly scope: string | null
  readonly summary: string
  readonly schemas: Schemas
  readonly answers: Answers
  respond(context: RequestContext): Promise<Answer>
}

/** What a route answers when it succeeds: the status, what that means, the schema of the body. */
export interface Answers {
  readonly [status: number]: {
    readonly description: string
    readonly body?: z.ZodType
    /** The media type of a text that is not JSON. */
    readonly type?: string
  }
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
  /** For a route that is opened by what the request itself carries: refuses before the body is validated. */
  readonly admit?: Admit<P>
  readonly handle: Handle<Exchange<B, P, Q>>
}

interface SessionDefinition<B, P, Q> extends Definition<B, P, Q> {
  /**
   * The body of a `fresh` route has `passwordChallengeField` among its fields; a route that names no body reads
   * that field alone, except a GET, which has no body.
   */
  readonly access: 'session' | 'fresh'
  readonly handle: Handle<Exchange<B, P, Q> & Holder>
}

interface SessionOrKeyDefinition<B, P, Q> extends Definition<B, P, Q> {
  readonly access: 'session_or_key'
  /** One of `apiKeys.scopes`; a session needs none. */
  readonly scope: string
  readonly handle: Handle<Exchange<B, P, Q> & Principal>
}

interface OperatorDefinition<B, P, Q> extends Definition<B, P, Q> {
  readonly access: 'operator'
  /** What is sent as the bearer token, of 16 characters at least. No user has it. */
  readonly token: Secret
  readonly handle: Handle<Exchange<B, P, Q>>
}

interface DevelopmentDefinition<B, P, Q> extends Definition<B, P, Q> {
  readonly access: 'development'
  readonly handle: Handle<Exchange<B, P, Q> & Developer>
}

type AnyDefinition<B, P, Q> =
  | PublicDefinition<B, P, Q>
  | SessionDefinition<B, P, Q>
  | SessionOrKeyDefinition<B, P, Q>
  | OperatorDefinition<B, P, Q>
  | DevelopmentDefinition<B, P, Q>

/**
 * Declares a route. Without an `access` it does not compile. With `session` the handler always gets a session,
 * with `session_or_key` a session or a key, and `current()` returns the same everywhere below.
 *
 * @throws RangeError for the token of an operator that somebody could guess
 */
export function route<Body = undefined, Params = undefined, Query = undefined>(
  definition: AnyDefinition<Body, Params, Query>,
): Route {
  const { method, path, access, summary, answers } = definition
  const { body = bodyWithout(definition), params = null, query = null } = definition
  const schemas = { body, params, query }
  if (definition.access === 'operator') requireLong(definition.token)
  const read = (context: RequestContext, admit: Admit<Params> | null = null) =>
    parse<Body, Params, Query>(context, { schemas, admit })

  async function respond(context: RequestContext): Promise<Answer> {
    if (definition.access === 'public') {
      const exchange = await read(context, definition.admit)
      return isRefusal(exchange) ? exchange : runAsNobody(() => definition.handle(exchange))
    }
    if (definition.access === 'operator') {
      const refusal = refuseOthers(context.request, definition.token)
      const exchange = refusal ?? (await read(context))
      return isRefusal(exchange) ? exchange : runAsNobody(() => definition.handle(exchange))
    }
    if (definition.access === 'development') {
      const developer = admitDeveloper(context.request, context.client)
      if (!developer) return refuse('not_found')
      const exchange = await read(context)
      return isRefusal(exchange) ? exchange : definition.handle({ ...exchange, ...developer })
    }
    // The body of a caller who is not let in is not even read.
    if (definition.access === 'session_or_key') {
      const principal = await authorizeRequest(context, definition.scope)
      if (isRefusal(principal)) return principal
      const parsed = read(context)
      // Awaited only if it is a promise, here and below: most requests have no body.
      const exchange =
        parsed instanceof Promise ? await awaitBody(parsed, context.auth, principal) : parsed
      if (isRefusal(exchange)) return exchange
      return await runAs(principal, () => definition.handle({ ...exchange, ...principal }))
    }
    const holder = await authenticateRequest(context, context.attribution)
    if (isRefusal(holder)) return holder
    const admit = definition.access === 'fresh' ? admitFresh(holder) : null
    const parsed = read(context, admit)
    const principal = { session: holder.session, user: holder.user, apiKey: null }
    const exchange =
      parsed instanceof Promise ? await awaitBody(parsed, context.auth, principal) : parsed
    if (isRefusal(exchange)) return exchange
    const { auth, client, request, cookie, params, query, body } = exchange
    const { session, user, token, transport } = holder
    // Awaited: returning a promise takes two turns more than returning its value.
    return await runAs(principal, () =>
      definition.handle({
        auth,
        client,
        request,
        cookie,
        params,
        query,
        body,
        session,
        user,
        token,
        transport,
      }),
    )
  }

  const scope = definition.access === 'session_or_key' ? definition.scope : null
  return { method, path, access, scope, summary, schemas, answers, respond }
}

function bodyWithout({ method, access }: Pick<Route, 'method' | 'access'>): z.ZodType | null {
  return access === 'fresh' && method !== 'GET' ? challengeBody : null
}
