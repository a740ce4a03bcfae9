// What the client says and hears is what the routes say, member by member, and no route is forgotten.
import { readFileSync } from 'node:fs'
import { type Client, createClient, inMemory } from 'latchkey/client'
import { parseSync } from 'oxc-parser'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { listRefusals } from '../../src/http/problems.ts'
import type { Route } from '../../src/http/route.ts'
import { routeTable } from '../../src/http/routes.ts'
import { startServer } from '../harness.ts'

/** A type in one form, whoever wrote it: members sorted, `?` where they may be missing. */
type Shape = string | readonly [Shape] | { readonly [member: string]: Shape }

// biome-ignore lint/suspicious/noExplicitAny: the tree of a parser
type Tree = any

const wire = 'src/client/wire.ts'
const declared = new Map<string, Tree>()
for (const { declaration } of parse(wire)) declared.set(declaration.id.name, declaration)

function parse(path: string): Tree[] {
  const { program, errors } = parseSync(path, readFileSync(path, 'utf8'))
  expect(errors).toEqual([])
  return JSON.parse(JSON.stringify(program.body)).filter((each: Tree) => 'declaration' in each)
}

function shapeOfType(type: Tree): Shape {
  switch (type.type) {
    case 'TSStringKeyword':
      return 'string'
    case 'TSNumberKeyword':
      return 'number'
    case 'TSBooleanKeyword':
      return 'boolean'
    case 'TSVoidKeyword':
      return 'nothing'
    case 'TSNullKeyword':
      return 'null'
    case 'TSLiteralType':
      return JSON.stringify(type.literal.value)
    case 'TSTypeOperator':
      return shapeOfType(type.typeAnnotation)
    case 'TSParenthesizedType':
      return shapeOfType(type.typeAnnotation)
    case 'TSArrayType':
      return [shapeOfType(type.elementType)]
    case 'TSUnionType':
      return unionOf(type.types.map(shapeOfType))
    case 'TSTypeLiteral':
      return membersOf(type.members)
    case 'TSTypeReference':
      return shapeOf(type.typeName.name)
    default:
      throw new Error(`What is a ${type.type}?`)
  }
}

function membersOf(members: Tree[]): { readonly [member: string]: Shape } {
  // An index signature is what the application adds.
  const own = members.filter((each) => each.type === 'TSPropertySignature')
  return Object.fromEntries(
    own.map(({ key, optional, typeAnnotation }) => [
      `${key.name}${optional ? '?' : ''}`,
      shapeOfType(typeAnnotation.typeAnnotation),
    ]),
  )
}

/** The shape of a type in wire.ts. */
function shapeOf(name: string): Shape {
  const { type, body, typeAnnotation, extends: bases = [] } = declared.get(name) ?? {}
  if (type === 'TSTypeAliasDeclaration') return shapeOfType(typeAnnotation)
  const inherited = bases.map((each: Tree) => shapeOf(each.expression.name))
  return Object.assign({}, ...inherited, membersOf(body.body))
}

function unionOf(shapes: Shape[]): Shape {
  return [...new Set(shapes.map((each) => JSON.stringify(each)))].sort().join(' | ')
}

function shapeOfSchema(schema: Tree): Shape {
  if (schema.const !== undefined) return JSON.stringify(schema.const)
  if (Array.isArray(schema.type)) return unionOf(schema.type)
  if (schema.anyOf) return unionOf(schema.anyOf.map(shapeOfSchema))
  if (schema.enum) return unionOf(schema.enum.map((each: unknown) => JSON.stringify(each)))
  if (schema.type === 'array') return [shapeOfSchema(schema.items)]
  if (schema.type === 'integer') return 'number'
  if (schema.type !== 'object') return schema.type
  const required: string[] = schema.required ?? []
  return Object.fromEntries(
    Object.entries(schema.properties).map(([name, each]) => [
      `${name}${required.includes(name) ? '' : '?'}`,
      shapeOfSchema(each),
    ]),
  )
}

function toShape(schema: z.ZodType | null | undefined): Shape {
  if (!schema) return 'nothing'
  return shapeOfSchema(z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }))
}

async function tableOf(): Promise<Route[]> {
  const { auth } = await startServer()
  return routeTable(auth)
}

const lineOf = ({ method, path }: Route) => `${method} ${path}`

// What each request of the client says, by the name of its type; where it has none of its own, in place.
const bodies: Record<string, Shape> = {
  'POST /v1/registrations': shapeOf('NewUser'),
  'POST /v1/session': shapeOf('Credentials'),
  'PUT /v1/session/token': {},
  'PUT /v1/session/freshness': { password_challenge: 'string' },
  'PATCH /v1/sessions/:id': { name: 'string' },
  'PATCH /v1/user': shapeOf('NewEmailAddress'),
  'DELETE /v1/user': shapeOf('Challenged'),
  'PUT /v1/password': shapeOf('NewPassword'),
  'POST /v1/passwords': { email_address: 'string' },
  'PUT /v1/passwords': shapeOf('PasswordReset'),
  'PUT /v1/email_verifications': shapeOf('AddressProof'),
  'POST /v1/api_keys': shapeOf('NewApiKey'),
  'POST /v1/access_tokens': shapeOf('WantedAccessToken'),
}

// Everything that a verb can say, and what it is to be sent as.
const id = '01a20934-06ed-7044-94a3-9d8335778bd2'
const person = { email_address: 'ann@example.com', password: 'correct horse battery' }
const confirmed = { password: 'correct horse', password_confirmation: 'correct horse' }
const page = { limit: 7, cursor: id }
const verbs: Record<string, (client: Client) => Promise<unknown>> = {
  'POST /v1/registrations': ({ registrations }) =>
    registrations.create({ ...person, password_confirmation: person.password }),
  'POST /v1/session': ({ session }) => session.create(person),
  'GET /v1/session': ({ session }) => session.show(),
  'DELETE /v1/session': ({ session }) => session.delete(),
  'PUT /v1/session/token': ({ session }) => session.rotate(),
  'PUT /v1/session/freshness': ({ session }) => session.freshen('correct horse'),
  'GET /v1/sessions': ({ sessions }) => sessions.list(page),
  'DELETE /v1/sessions': ({ sessions }) => sessions.deleteOthers(),
  'PATCH /v1/sessions/:id': ({ sessions }) => sessions.rename(id, 'Telephone'),
  'DELETE /v1/sessions/:id': ({ sessions }) => sessions.delete(id),
  'GET /v1/user': ({ user }) => user.show(),
  'PATCH /v1/user': ({ user }) =>
    user.update({ email_address: 'bob@example.com', password_challenge: 'correct horse' }),
  'PUT /v1/password': ({ password }) =>
    password.update({ password_challenge: 'correct horse', ...confirmed }),
  'POST /v1/passwords': ({ passwords }) => passwords.create(person.email_address),
  'PUT /v1/passwords': ({ passwords }) => passwords.update({ token: 'lkr_x', ...confirmed }),
  'POST /v1/email_verifications': ({ emailVerifications }) => emailVerifications.create(),
  'PUT /v1/email_verifications': ({ emailVerifications }) =>
    emailVerifications.update({ token: 'lkv_x', password: 'correct horse' }),
  'GET /v1/api_keys': ({ apiKeys }) => apiKeys.list(page),
  'POST /v1/api_keys': ({ apiKeys }) =>
    apiKeys.create({
      name: 'Nightly',
      scopes: ['projects:read'],
      expires_at: '2026-12-01T00:00:00Z',
      password_challenge: 'correct horse',
    }),
  'DELETE /v1/api_keys/:id': ({ apiKeys }) => apiKeys.delete(id),
  'POST /v1/access_tokens': ({ accessTokens }) =>
    accessTokens.create({ audience: 'billing', scope: ['projects:read'] }),
  'GET /v1/events': ({ events }) => events.list(page),
  // The last, for it ends the session.
  'DELETE /v1/user': ({ user }) => user.delete({ password_challenge: 'correct horse' }),
}

// What is nobody's who uses the application: of services, of whoever runs it, or another way to the same.
const elsewhere = [
  'GET /.well-known/jwks.json',
  'GET /health/live',
  'GET /health/ready',
  'GET /metrics',
  'GET /openapi.json',
  'GET /v1/revocations',
  'PATCH /v1/passwords',
  'PATCH /v1/passwords/:token',
  'PUT /v1/passwords/:token',
]

test('every route of Latchkey has a verb, or is named as nobody’s', async () => {
  const lines = (await tableOf()).map(lineOf)
  expect([...Object.keys(verbs), ...elsewhere].sort()).toEqual(lines.sort())
})

test('every verb of the client is among them', async () => {
  const client = createClient('', { session: inMemory() })
  const { fetch: _own, listen: _listen, mayBeSignedIn: _maybe, ...resources } = client
  const count = Object.values(resources).flatMap((each) => Object.keys(each)).length
  expect(Object.keys(verbs)).toHaveLength(count)
})

test.each(Object.entries(verbs))('%s is sent with what its schemas take', async (line, verb) => {
  const sent: { line: string; url: URL; body: unknown }[] = []
  const client = createClient('https://api.example.com', {
    session: { ...inMemory(), read: () => 'lks_x' },
    async fetch(url, { method = 'GET', body }) {
      const place = new URL(url)
      const path = place.pathname.replace(id, ':id')
      sent.push({ line: `${method} ${path}`, url: place, body })
      return Response.json({})
    },
  })
  await verb(client)
  const own = sent.find((each) => each.line === line)
  const route = (await tableOf()).find((each) => lineOf(each) === line)
  const { body, query } = route?.schemas ?? {}
  const said = typeof own?.body === 'string' ? JSON.parse(own.body) : {}
  const asked = Object.fromEntries(own?.url.searchParams ?? [])
  // All that can be said was, and nothing else; what the schemas make of it is no fault.
  expect(Object.keys(said).sort()).toEqual(namesOf(toShape(body)))
  expect(Object.keys(asked).sort()).toEqual(namesOf(toShape(query)))
  const strict = (schema: z.ZodType | null | undefined, input: unknown) =>
    schema?.safeParse(input).error?.issues.filter(({ path }) => path[0] !== 'expires_at') ?? []
  expect([...strict(body, said), ...strict(query, asked)]).toEqual([])
})

function namesOf(shape: Shape): string[] {
  return shape === 'nothing'
    ? []
    : Object.keys(shape)
        .map((name) => name.replace('?', ''))
        .sort()
}

test('the types of requests are those of the schemas, required and nullable included', async () => {
  const routes = (await tableOf()).filter(({ schemas }) => schemas.body)
  const own = routes.filter((route) => !elsewhere.includes(lineOf(route)))
  const described = own.map((route) => {
    // It is the client's, which knows where it keeps the session.
    const { 'transport?': _own, ...shape } = Object(toShape(route.schemas.body))
    return [lineOf(route), shape]
  })
  expect(anyAudience(Object.fromEntries(described))).toEqual(bodies)
  for (const { schemas } of await tableOf()) {
    if (schemas.query && 'cursor?' in Object(toShape(schemas.query))) {
      // By null a list begins; it is not sent.
      const asked = { ...Object(toShape(schemas.query)), 'cursor?': '"null" | "string"' }
      expect(shapeOf('PageQuery')).toEqual(asked)
    }
  }
})

// Which audiences and scopes there are is configuration, and any text to a type.
function anyAudience(shapes: Record<string, Shape>): Record<string, Shape> {
  const wanted = Object(shapes['POST /v1/access_tokens'])
  return { ...shapes, 'POST /v1/access_tokens': { ...wanted, audience: 'string' } }
}

test('the types of answers are those of the schemas', async () => {
  const said = callsIn('src/client/client.ts')
  const routes = (await tableOf()).filter((route) => !elsewhere.includes(lineOf(route)))
  // By hand: which of two forms it is depends on where the session is kept.
  const ofTwo = ['POST /v1/registrations', 'POST /v1/session', 'PUT /v1/session/token']
  for (const route of routes.filter((each) => !ofTwo.includes(lineOf(each)))) {
    if (lineOf(route) === 'DELETE /v1/session') continue
    const [{ body = null } = {}] = Object.values(route.answers)
    expect([lineOf(route), said.get(lineOf(route))]).toEqual([lineOf(route), toShape(body)])
  }
  for (const line of ofTwo) expect(Object(said.get(line))['token?']).toBe('string')
})

/** What each `call<…>(method, path)` says that it is answered. */
function callsIn(path: string): Map<string, Shape> {
  const calls = new Map<string, Shape>()
  const visit = (node: Tree): void => {
    if (node === null || typeof node !== 'object') return
    const [method, place] = node.arguments ?? []
    if (node.type === 'CallExpression' && node.callee.name === 'call') {
      const line = `${method.value} ${pathOf(place)}`
      calls.set(line, shapeOfType(node.typeArguments.params[0]))
    }
    for (const each of Object.values(node)) visit(each)
  }
  visit(parse(path))
  return calls
}

function pathOf({ value, quasis = [] }: Tree): string {
  const [start] = quasis
  if (!start) return value
  return start.value.raw.endsWith('/') ? `${start.value.raw}:id` : start.value.raw
}

test('a problem and the codes of refusals are those of the API', async () => {
  expect(shapeOf('Problem')).toEqual({ field: 'string', code: 'string', message: 'string' })
  const codes = listRefusals().map(({ code }) => JSON.stringify(JSON.stringify(code)))
  expect(shapeOf('RefusalCode')).toBe(codes.sort().join(' | '))
})

test('every type of the wire is compared', () => {
  const compared = readFileSync('test/client/client-wire.test.ts', 'utf8')
  const client = readFileSync('src/client/client.ts', 'utf8')
  for (const name of declared.keys()) {
    expect([
      name,
      compared.includes(`'${name}'`) || new RegExp(`call<.*${name}\\b`).test(client),
    ]).toEqual([name, true])
  }
})
