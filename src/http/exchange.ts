import type { z } from 'zod'
import type { Auth } from '../core/auth.ts'
import type { Client } from '../core/client.ts'
import { isChunked, isForm, passOver, readBody } from './body.ts'
import type { SessionCookie } from './cookie.ts'
import { readSpelled } from './form.ts'
import { isRefusal, type Refusal, refuse } from './problems.ts'
import type { RequestLike } from './request-like.ts'
import { toProblems } from './validation-problems.ts'

/** What is known of every request, whatever its route. */
export interface ReceivedRequest {
  readonly auth: Auth
  readonly request: RequestLike
  readonly client: Client
  readonly cookie: SessionCookie
}

/** A request before it is parsed for a route. */
export interface RequestContext extends ReceivedRequest {
  readonly params: Record<string, string>
  readonly attribution: Attribution
}

/** Whose request it is, for the log. Set by code that finds out anyway: nobody is looked up just for this. */
export interface Attribution {
  userId: string | null
}

export interface Schemas {
  readonly body: z.ZodType | null
  readonly params: z.ZodType | null
  readonly query: z.ZodType | null
}

/** What is known before the body is validated; `input` has the unchecked fields of the body. */
export interface Submission<Params> extends ReceivedRequest {
  readonly params: Params
  readonly input: Readonly<Record<string, unknown>>
}

/** What a handler gets: the parsed input, and the request that it comes from. */
export interface Exchange<Body, Params, Query> extends ReceivedRequest {
  readonly body: Body
  readonly params: Params
  readonly query: Query
}

/** Refuses before the body is validated, or returns null. */
export type Admit<Params> = (submission: Submission<Params>) => Promise<Refusal | null>

interface Rules<Params> {
  readonly schemas: Schemas
  readonly admit: Admit<Params> | null
}

/**
 * Parses a request by the schemas of its route, or refuses it.
 *
 * Not async: most requests have no body, and need not wait.
 */
export function parse<Body, Params, Query>(
  context: RequestContext,
  rules: Rules<Params>,
): Parsed<Body, Params, Query> | Promise<Parsed<Body, Params, Query>> {
  const { auth, client, request, cookie } = context
  const { schemas, admit } = rules
  const params = parsePart(schemas.params, () => context.params)
  if (!params.success) return refuse('not_found')
  const query = parsePart(schemas.query, () => readQuery(request))
  if (!query.success) return refuse('validation_failed', { problems: query.problems })
  // The types of both parts are inferred from the schemas that parsed them.
  const target = { params: params.data as Params, query: query.data as Query }
  const exchange = { auth, client, request, cookie, ...target, body: undefined as Body }
  const hasInput = schemas.body || admit || isChunked(request)
  return hasInput ? parseBody(exchange, rules) : exchange
}

type Parsed<Body, Params, Query> = Exchange<Body, Params, Query> | Refusal

async function parseBody<Body, Params, Query>(
  exchange: Exchange<Body, Params, Query>,
  { schemas, admit }: Rules<Params>,
): Promise<Parsed<Body, Params, Query>> {
  const { auth, client, request, cookie, params } = exchange
  const input = await readInput(request, schemas.body)
  if (isRefusal(input)) return input
  const refused = await admit?.({ auth, client, request, cookie, params, input })
  if (refused) return refused
  const kind = isForm(request) ? 'form' : 'json'
  const body = await parseInput(schemas.body, input, kind)
  if (!body.success) return refuse('validation_failed', { problems: body.problems })
  return { ...exchange, body: body.data as Body }
}

function readInput(request: RequestLike, schema: z.ZodType | null) {
  if (schema) return readBody(request)
  return isChunked(request) ? passOver(request) : {}
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

// Async, since a field of the application may look something up.
async function parseInput(
  schema: z.ZodType | null,
  input: Readonly<Record<string, unknown>>,
  kind: 'json' | 'form',
): Promise<Part> {
  if (!schema) return { success: true, data: undefined }
  const parsed = await schema.safeParseAsync(input)
  if (parsed.success) return parsed
  const { issues } = parsed.error
  const spelled = kind === 'form' ? readSpelled(input, issues) : null
  // At most once more: the converted values are no longer strings.
  if (spelled) return parseInput(schema, spelled, 'json')
  return { success: false, problems: toProblems(issues, input) }
}

function readQuery({ url }: RequestLike): Record<string, string> {
  // Parsing a URL costs as much as looking up a token, and most have no query.
  const query = url.indexOf('?')
  return query === -1 ? {} : Object.fromEntries(new URLSearchParams(url.slice(query)))
}
