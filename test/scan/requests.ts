// What a scanner sends for each operation of the OpenAPI document: a request that succeeds, with a
// value for every parameter, from which the scanner goes on.
import type { Fixture } from './fixture.ts'

/** One request, and its parameters. */
export interface ScanRequest {
  /** `PATCH /v1/projects/{id}`, and in what format the body is. */
  readonly name: string
  readonly method: string
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | null
  readonly parameters: readonly Parameter[]
}

/** Where a scanner may put something. */
export interface Parameter {
  readonly name: string
  readonly place: 'path' | 'query' | 'body' | 'list' | 'header'
}

interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>
}

interface Operation {
  readonly parameters: readonly { readonly name: string; readonly in: 'path' | 'query' }[]
  readonly requestBody?: { readonly content: Readonly<Record<string, { schema: Schema }>> }
}

interface Schema {
  readonly properties?: Readonly<Record<string, unknown>>
}

export function parseDocument(text: string): Document {
  return JSON.parse(text)
}

/** sqlmap puts a payload where this stands. */
const mark = '*'

type Value = string | readonly string[]
type Values = Readonly<Record<string, Value>>

/** What a request is scanned for. */
type Part = 'fields' | 'headers' | 'form'

/**
 * Three requests at most for each operation: one that is scanned in its path, its query and its JSON,
 * one in its headers, and one in its form, which behind the parser is the same as JSON.
 *
 * @throws Error for a parameter whose value nobody wrote down here
 */
export function requestsOf(document: Document, fixture: Fixture): ScanRequest[] {
  const parts = ['fields', 'headers', 'form'] as const
  const requests = parts.flatMap((part) =>
    Object.entries(document.paths).flatMap(([path, operations]) =>
      Object.entries(operations).map(([method, operation]) => {
        const line = `${method.toUpperCase()} ${path}`
        return requestOf(line, { operation, part, values: valuesFor(line, fixture) })
      }),
    ),
  )
  return requests.filter(({ parameters }) => parameters.length > 0)
}

interface Given {
  readonly operation: Operation
  readonly part: Part
  readonly values: Values
}

function requestOf(line: string, { operation, part, values }: Given): ScanRequest {
  const [method = '', template = ''] = line.split(' ')
  const known = (name: string) => {
    const value = values[name]
    if (value === undefined) throw new Error(`${line}: nobody wrote down a value for ${name}`)
    return value
  }
  const named = (place: 'path' | 'query') =>
    operation.parameters.filter((each) => each.in === place).map(({ name }) => name)
  const isFields = part === 'fields'
  const path = template.replace(/\{(\w+)\}/g, (_, name) => `${known(name)}${isFields ? mark : ''}`)
  const query = named('query').map((name) => `${name}=${known(name)}`)
  const type = part === 'form' ? 'application/x-www-form-urlencoded' : 'application/json'
  const schema = operation.requestBody?.content[type]?.schema
  const fields = Object.keys(schema?.properties ?? {}).map((name) => [name, known(name)] as const)
  const token = `Bearer ${values.sessionToken}`
  const headers =
    part === 'headers'
      ? { Authorization: `${token}${mark}`, ...otherHeaders }
      : { Authorization: token }
  return {
    name: isFields ? line : `${line} (${part})`,
    method,
    path: query.length > 0 ? `${path}?${query.join('&')}` : path,
    headers: schema ? { 'Content-Type': type, ...headers } : headers,
    body: schema ? encode(type, fields) : null,
    parameters: {
      fields: [
        ...named('path').map((name) => ({ name, place: 'path' as const })),
        ...named('query').map((name) => ({ name, place: 'query' as const })),
        ...fields.map(([name, value]) => ({ name, place: placeOf(value) })),
      ],
      headers: Object.keys(headers).map((name) => ({ name, place: 'header' as const })),
      form: fields.map(([name]) => ({ name, place: 'body' as const })),
    }[part],
  }
}

// Those that something of ours reads, and Referer, which nothing should. sqlmap needs no mark in two.
const otherHeaders = {
  'User-Agent': 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0',
  Referer: 'https://app.example.com/projects',
  Origin: `https://app.example.com${mark}`,
  'X-Request-Id': `scan-1${mark}`,
  'X-Forwarded-For': `203.0.113.7${mark}`,
}

function placeOf(value: Value): 'body' | 'list' {
  return typeof value === 'string' ? 'body' : 'list'
}

function encode(type: string, fields: readonly (readonly [string, Value])[]): string {
  if (type === 'application/json') return JSON.stringify(Object.fromEntries(fields))
  const texts = fields.map(([name, value]) => [name, [value].flat().join(' ')])
  return new URLSearchParams(Object.fromEntries(texts)).toString()
}

const newPassword = 'another horse battery'

function valuesFor(line: string, fixture: Fixture): Values {
  return {
    sessionToken: fixture.token,
    email_address: fixture.emailAddress,
    password: newPassword,
    password_confirmation: newPassword,
    password_challenge: fixture.password,
    token: fixture.resetToken,
    transport: 'bearer',
    name: 'Nightly build',
    title: 'Garden',
    description: 'Beds and paths',
    scopes: ['projects:read'],
    expires_at: fixture.expiresAt,
    limit: '50',
    cursor: '01900000-0000-7000-8000-000000000000',
    ...special(fixture)[line],
  }
}

function special(fixture: Fixture): Readonly<Record<string, Values>> {
  return {
    'POST /v1/registrations': { email_address: 'bob@example.com' },
    'POST /v1/session': { password: fixture.password },
    'PATCH /v1/user': { email_address: 'another@example.com' },
    'PUT /v1/email_verifications': { token: fixture.proofToken, password: fixture.password },
    'PATCH /v1/sessions/{id}': { id: fixture.otherSessionId },
    'DELETE /v1/sessions/{id}': { id: fixture.otherSessionId },
    'DELETE /v1/api_keys/{id}': { id: fixture.apiKeyId },
    'GET /v1/projects/{id}': { id: fixture.projectId },
    'PATCH /v1/projects/{id}': { id: fixture.projectId },
    'DELETE /v1/projects/{id}': { id: fixture.projectId },
  }
}
