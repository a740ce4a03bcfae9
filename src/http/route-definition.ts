import type { z } from 'zod'
import type { Principal } from '../core/entities.ts'
import type { Secret } from '../core/secret.ts'
import type { Answer } from './answers.ts'
import type { Holder } from './bearer.ts'
import type { Developer } from './development.ts'
import type { Admit, Exchange } from './exchange.ts'

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

/**
 * Who may use a route. `public`: everybody. `session`: the holder of a live session. `session_or_key`: also an API key
 * with the route's `scope`. `fresh`, for sensitive acts: a session whose password was verified within 10 minutes, or is
 * sent as `password_challenge`. `operator`: whoever has the route's own token. `development`: whoever sits at this
 * machine; for everybody else the route does not exist.
 */
export type Access = 'public' | 'session' | 'session_or_key' | 'fresh' | 'operator' | 'development'

/** The successful answers of a route, by status: what each means, and the schema of its body. */
export interface Answers {
  readonly [status: number]: {
    readonly description: string
    readonly body?: z.ZodType
    /** The media type of a body that is not JSON. */
    readonly type?: string
  }
}

/** The argument of `route()`: every route has an `access`. */
export type RouteDefinition<B, P, Q> =
  | PublicDefinition<B, P, Q>
  | SessionDefinition<B, P, Q>
  | SessionOrKeyDefinition<B, P, Q>
  | OperatorDefinition<B, P, Q>
  | DevelopmentDefinition<B, P, Q>

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

export interface PublicDefinition<B, P, Q> extends Definition<B, P, Q> {
  readonly access: 'public'
  /** For a route whose request carries its own proof, such as a token: refuses before the body is validated. */
  readonly admit?: Admit<P>
  readonly handle: Handle<Exchange<B, P, Q>>
}

export interface SessionDefinition<B, P, Q> extends Definition<B, P, Q> {
  /**
   * The body of a `fresh` route needs `passwordChallengeField` among its fields. A route that declares no body reads
   * only that field; a GET has no body.
   */
  readonly access: 'session' | 'fresh'
  readonly handle: Handle<Exchange<B, P, Q> & Holder>
}

export interface SessionOrKeyDefinition<B, P, Q> extends Definition<B, P, Q> {
  readonly access: 'session_or_key'
  /** One of `apiKeys.scopes`; a session needs none. */
  readonly scope: string
  readonly handle: Handle<Exchange<B, P, Q> & Principal>
}

export interface OperatorDefinition<B, P, Q> extends Definition<B, P, Q> {
  readonly access: 'operator'
  /** The bearer token that the operator sends, at least 16 characters. No user has it. */
  readonly token: Secret
  readonly handle: Handle<Exchange<B, P, Q>>
}

export interface DevelopmentDefinition<B, P, Q> extends Definition<B, P, Q> {
  readonly access: 'development'
  readonly handle: Handle<Exchange<B, P, Q> & Developer>
}
