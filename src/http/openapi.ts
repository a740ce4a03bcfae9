import { z } from 'zod'
import { answer, WrittenJson } from './answers.ts'
import { listRefusals } from './problems.ts'
import { type Route, route } from './route.ts'

/** The OpenAPI 3.1 document of all routes, made once from the table. */
export function openApi(routes: readonly Route[], cookieName: string): Route {
  let document: WrittenJson | undefined
  const self = route({
    method: 'GET',
    path: '/openapi.json',
    access: 'public',
    summary: 'This document',
    answers: { 200: { description: 'OpenAPI 3.1', body: z.looseObject({ openapi: z.string() }) } },
    handle: () => {
      document ??= new WrittenJson(describe([...routes, self].filter(isForEverybody), cookieName))
      return answer(document)
    },
  })
  return self
}

// The document is public, and must not show routes that exist in development only.
function isForEverybody({ access }: Route): boolean {
  return access !== 'development'
}

function describe(routes: readonly Route[], cookieName: string): object {
  const paths: Record<string, Record<string, object>> = {}
  for (const each of routes) {
    const path = each.path.replace(/:(\w+)(?:\{[^}]*\})?/g, '{$1}')
    paths[path] = { ...paths[path], [each.method.toLowerCase()]: operation(each) }
  }
  return {
    openapi: '3.1.0',
    info: { title: 'API', version: '1' },
    // Relative to the document: if the app is mounted below a prefix, so are the routes.
    servers: [{ url: '.' }],
    paths,
    components: {
      securitySchemes: {
        session: { type: 'http', scheme: 'bearer', description: 'The token of a session' },
        session_cookie: {
          type: 'apiKey',
          in: 'cookie',
          name: cookieName,
          description: 'The same in a cookie, for pages of this origin and of listed ones',
        },
        api_key: { type: 'http', scheme: 'bearer', description: 'An API key with the scope' },
        operator: { type: 'http', scheme: 'bearer', description: 'A token that no user has' },
      },
      schemas: { Refusal: toJsonSchema(refusalSchema) },
    },
  }
}

function operation({ access, answers, method, path, schemas, scope, summary }: Route): object {
  const succeeds = Object.entries(answers).map(([status, { description, body, type }]) => {
    if (type) return [status, { description, ...content([type], { type: 'string' }) }]
    const json = body ? content(['application/json'], toJsonSchema(body)) : {}
    return [status, { description, ...json }]
  })
  return {
    summary,
    operationId: operationId(method, path),
    security: securityOf(access, scope),
    parameters: [...parameters('path', schemas.params), ...parameters('query', schemas.query)],
    ...(schemas.body ? { requestBody: requestBody(schemas.body) } : {}),
    responses: { ...Object.fromEntries(succeeds), default: refusal },
  }
}

// Any one of the listed credentials is enough.
function securityOf(access: Route['access'], scope: string | null): object[] {
  if (access === 'public') return []
  if (access === 'operator') return [{ operator: [] }]
  const session = [{ session: [] }, { session_cookie: [] }]
  return scope === null ? session : [...session, { api_key: [scope] }]
}

// `postV1ProjectsId` for POST /v1/projects/:id: client generators name a function after it.
function operationId(method: string, path: string): string {
  const words = path.split(/\W+/).filter((word) => word !== '')
  const capitalized = words.map((word) => word.charAt(0).toUpperCase() + word.slice(1))
  return method.toLowerCase() + capitalized.join('')
}

function requestBody(schema: z.ZodType): object {
  const types = ['application/json', 'application/x-www-form-urlencoded']
  const described = toJsonSchema(schema)
  return { required: (described.required ?? []).length > 0, ...content(types, described) }
}

function parameters(place: 'path' | 'query', schema: z.ZodType | null): object[] {
  const { properties = {}, required = [] } = schema ? toJsonSchema(schema) : {}
  return Object.entries(properties).map(([name, property]) => ({
    name,
    in: place,
    required: required.includes(name),
    schema: property,
  }))
}

function content(types: readonly string[], schema: object): object {
  return { content: Object.fromEntries(types.map((type) => [type, { schema }])) }
}

// Describes the accepted input, not what it is converted to.
function toJsonSchema(schema: z.ZodType) {
  const { $schema: _dialect, ...described } = z.toJSONSchema(schema, {
    io: 'input',
    unrepresentable: 'any',
    // Zod's pattern for a format is long, and makes the document unreadable.
    override: ({ jsonSchema }) => {
      if (jsonSchema.format) delete jsonSchema.pattern
    },
  })
  return described
}

const messages = z.union([z.string(), z.array(z.string())])

const refusalSchema = z.object({
  // The routes for password resets call it `errors`.
  error: messages.optional(),
  errors: z.array(z.string()).optional(),
  code: z.enum(listRefusals().map(({ code }) => code)),
  request_id: z.string(),
  details: z
    .array(z.object({ field: z.string(), code: z.string(), message: z.string() }))
    .optional(),
})

const refusal = {
  description: 'A refusal: `code` says why, `request_id` names the line in the log',
  ...content(['application/json'], { $ref: '#/components/schemas/Refusal' }),
}
