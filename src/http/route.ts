import type { z } from 'zod'
import type { Auth } from '../core/auth.ts'
import { runAs } from '../core/current.ts'
import type { Client } from '../core/sessions.ts'
import type { Authenticated } from '../core/store.ts'
import type { Answer } from './answers.ts'
import type { Asked } from './asked.ts'
import { authenticateRequest } from './bearer.ts'
import { readBody } from './body.ts'
import { admitDeveloper, type Developer } from './development.ts'
import { toProblems } from './fields.ts'
import { isRefusal, type Refusal, refuse } from './problems.ts'

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

/**
 * Who may: anybody, whoever holds the token of a live session, or in development whoever sits at
 * this machine; for others such a route does not exist.
 */
export type Access = 'public' | 'session' | 'development'

/** A request on its way to the handler of a route. */
export interface Incoming {
  readonly auth: Auth
  readonly request: Asked
  readonly client: Client
  readonly params: Record<string, string>
}

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

export interface Schemas {
  readonly body: z.ZodType | null
  readonly params: z.ZodType | null
  readonly query: z.ZodType | null
}

/** What a route answers when it succeeds: the status, what that means, the schema of the body. */
export interface Answers {
  readonly [status: number]: { readonly description: string; readonly body?: z.ZodType }
}

/** What a handler is given: the parsed input and where it comes from. */
export interface Exchange<Body, Params, Query> {
  readonly auth: Auth
  readonly body: Body
  readonly params: Params
  readonly query: Query
  readonly client: Client
}

type Handle<Given> = (exchange: Given) => Answer | Promise<Answer>

/** What is known before the body is judged: `input` is what it says, whatever that is. */
export interface Candidate<Params> {
  readonly auth: Auth
  readonly params: Params
  readonly input: Readonly<Record<string, unknown>>
}

interface Definition<Body, Params, Query> {
  readonly method: Method
  readonly path: `/${string}`
  readonly summary: string
  readonly body?: z.ZodType<Body>
  readonly params?: z.ZodType<Params>
  readonly query?: z.ZodType<Query>
  readonly answers: Answers
  /** For a route that is opened by what the request itself carries: refuses before the body is judged. */
  readonly admit?: (candidate: Candidate<Params>) => Promise<Refusal | null>
}

interface PublicDefinition<B, P, Q> extends Definition<B, P, Q> {
  readonly access: 'public'
  readonly handle: Handle<Exchange<B, P, Q>>
}

interface SessionDefinition<B, P, Q> extends Definition<B, P, Q> {
  readonly access: 'session'
  readonly handle: Handle<Exchange<B, P, Q> & Authenticated>
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
  const read = (incoming: Incoming) =>
    parse<Body, Params, Query>(schemas, incoming, { admit: definition.admit ?? null })

  async function respond(incoming: Incoming): Promise<Answer> {
    if (definition.access === 'public') {
      const exchange = await read(incoming)
      return isRefusal(exchange) ? exchange : definition.handle(exchange)
    }
    if (definition.access === 'development') {
      const developer = admitDeveloper(incoming.request, incoming.client)
      if (!developer) return refuse('not_found')
      const exchange = await read(incoming)
      return isRefusal(exchange) ? exchange : definition.handle({ ...exchange, ...developer })
    }
    // Whoever is not let in does not get a body read, let alone judged.
    const authenticated = await authenticateRequest(incoming.auth, incoming.request)
    if (isRefusal(authenticated)) return authenticated
    const exchange = await read(incoming)
    if (isRefusal(exchange)) return exchange
    return runAs(authenticated, () => definition.handle({ ...exchange, ...authenticated }))
  }

  return { method, path, access, summary, schemas, answers, respond }
}

async function parse<Body, Params, Query>(
  schemas: Schemas,
  incoming: Incoming,
  { admit }: { admit: ((candidate: Candidate<Params>) => Promise<Refusal | null>) | null },
): Promise<Exchange<Body, Params, Query> | Refusal> {
  const { auth, client, request } = incoming
  const params = parsePart(schemas.params, () => incoming.params)
  if (!params.success) return refuse('not_found')
  const query = parsePart(schemas.query, () => readQuery(request))
  if (!query.success) return refuse('validation_failed', { problems: query.problems })
  const read = schemas.body ? await readBody(request) : {}
  if (isRefusal(read)) return read
  const refused = await admit?.({ auth, params: params.data as Params, input: read })
  if (refused) return refused
  const body = parsePart(schemas.body, () => read)
  if (!body.success) return refuse('validation_failed', { problems: body.problems })
  return {
    auth,
    client,
    // Each part was parsed by the schema that its type was inferred from.
    params: params.data as Params,
    query: query.data as Query,
    body: body.data as Body,
  }
}

type Part =
  | { readonly success: true; readonly data: unknown }
  | { readonly success: false; readonly problems: ReturnType<typeof toProblems> }

function parsePart(schema: z.ZodType | null, read: () => Record<string, unknown>): Part {
  if (!schema) return { success: true, data: undefined }
  const input = read()
  const parsed = schema.safeParse(input)
  if (parsed.success) return parsed
  return { success: false, problems: toProblems(parsed.error.issues, input) }
}

function readQuery({ url }: Asked): Record<string, string> {
  // To parse a URL costs as much as to look a token up; most have no query.
  const query = url.indexOf('?')
  return query === -1 ? {} : Object.fromEntries(new URLSearchParams(url.slice(query)))
}
