import type { z } from 'zod'
import type { Answer } from './answers.ts'
import type { RequestContext, Schemas } from './exchange.ts'
import { challengeBody } from './password-challenge.ts'
import { respondTo } from './responders.ts'
import type { Access, Answers, Method, RouteDefinition } from './route-definition.ts'

/** An entry of the route table, from which the app, the OpenAPI document and tests are made. */
export interface Route {
  readonly method: Method
  /** Hono's syntax: `/v1/projects/:id`. */
  readonly path: string
  readonly access: Access
  /** The scope that an API key needs; null if no key is accepted. */
  readonly scope: string | null
  readonly summary: string
  readonly schemas: Schemas
  readonly answers: Answers
  respond(context: RequestContext): Promise<Answer>
}

/**
 * Declares a route. Without an `access` it does not compile. With `session` or `fresh` the handler always gets a
 * session, with `session_or_key` a session or a key, and `current()` returns the same within it.
 *
 * @throws RangeError for an access that does not exist, and for a token of an operator that is too short
 */
export function route<Body = undefined, Params = undefined, Query = undefined>(
  definition: RouteDefinition<Body, Params, Query>,
): Route {
  const { method, path, access, summary, answers } = definition
  const { body = bodyWithout(definition), params = null, query = null } = definition
  const schemas = { body, params, query }
  const scope = definition.access === 'session_or_key' ? definition.scope : null
  const respond = respondTo(definition, schemas)
  return { method, path, access, scope, summary, schemas, answers, respond }
}

function bodyWithout({ method, access }: Pick<Route, 'method' | 'access'>): z.ZodType | null {
  return access === 'fresh' && method !== 'GET' ? challengeBody : null
}
