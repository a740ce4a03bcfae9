// What holds for every answer, whatever was asked.
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import { expect } from 'vitest'
import { listRefusals } from '../../src/http/problems.ts'
import type { Received, Sent } from './wire.ts'

/** The parts of an OpenAPI document that are judged by. */
export interface Document {
  readonly paths: Record<string, Record<string, Operation>>
  readonly components: { readonly schemas: Record<string, object> }
}

interface Operation {
  readonly security: readonly object[]
  readonly requestBody?: { readonly content: Record<string, { readonly schema: object }> }
  readonly responses: Record<string, { readonly content?: Record<string, { schema: object }> }>
}

/** Holds an answer against the document and the rules for all; throws where one is broken. */
export type Rules = (sent: Sent, received: Received) => void

const statusOf = new Map(listRefusals().map(({ code, status }) => [code, status]))

export function rulesOf(document: Document): Rules {
  const ajv = new Ajv2020({ allErrors: true })
  addFormats.default(ajv)
  const validators = new Map<object, ValidateFunction>()
  const isRefusal = ajv.compile(closed(document.components.schemas.Refusal ?? false))

  function requireValid(schema: object, text: string): void {
    const validate = validators.get(schema) ?? ajv.compile(closed(schema))
    validators.set(schema, validate)
    validate(JSON.parse(text))
    expect(validate.errors).toBeNull()
  }

  function requireSuccess({ method }: Sent, received: Received, operation: Operation | null): void {
    const response = operation?.responses[received.status]
    expect(response, 'a success that no route documents').toBeDefined()
    const schema = response?.content?.['application/json']?.schema
    if (schema && method !== 'HEAD') requireValid(schema, received.text)
    else expect(received.text).toBe('')
  }

  function requireRefusal({ method }: Sent, received: Received): void {
    const { status, headers, text } = received
    if (status === 401) expect(headers.get('www-authenticate')).toMatch(/^Bearer realm="api"/)
    if (status === 405) expect(headers.get('allow')).toMatch(/^[A-Z]+(?:, [A-Z]+)*$/)
    if (status === 429) expect(headers.get('retry-after')).toMatch(/^[1-9]\d*$/)
    if (method === 'HEAD') expect(text).toBe('')
    else requireRefusalBody(received)
  }

  function requireRefusalBody({ status, headers, text }: Received): void {
    const body = JSON.parse(text)
    isRefusal(body)
    expect(isRefusal.errors).toBeNull()
    expect(statusOf.get(body.code)).toBe(status)
    expect([body.error ?? body.errors].flat().length).toBeGreaterThan(0)
    expect(body.request_id).toBe(headers.get('x-request-id'))
  }

  return (sent, received) => {
    requireIntactPrototypes()
    if (isNodesOwn(received)) return
    requireStandingHeaders(sent, received)
    expect(received.status).toBeLessThan(500)
    if (received.status >= 400) requireRefusal(sent, received)
    else if (isPreflight(sent, received)) expect(received.text).toBe('')
    else requireSuccess(sent, received, operationOf(document, sent))
  }
}

// What Node refuses before any code of ours; it closes the connection, and says no more.
function isNodesOwn({ status, headers, text }: Received): boolean {
  return [400, 417, 431].includes(status) && text === '' && !headers.has('x-request-id')
}

function isPreflight({ method }: Sent, { status }: Received): boolean {
  return method === 'OPTIONS' && status === 204
}

function requireStandingHeaders({ target }: Sent, { headers, status, text }: Received): void {
  const isForEverybody = status === 200 && /\/v1\/revocations|\/jwks\.json/.test(normalized(target))
  expect(Object.fromEntries(headers)).toMatchObject({
    'cache-control': isForEverybody ? expect.stringMatching(/^public, |^no-store$/) : 'no-store',
    'content-security-policy':
      "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    'cross-origin-resource-policy': 'same-origin',
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
    'x-request-id': expect.stringMatching(/^[\w.-]{1,64}$/),
    vary: 'Origin',
  })
  if (text !== '') expect(headers.get('content-type')).toBe('application/json; charset=utf-8')
}

/** Which operation a request names, by the path as it stands or as a URL is normalized. */
function operationOf({ paths }: Document, { method, target }: Sent): Operation | null {
  const verb = (method === 'HEAD' ? 'GET' : method).toLowerCase()
  const asked = normalized(target)
  const found = Object.entries(paths).find(
    ([path, operations]) => operations[verb] && patternOf(path).test(asked),
  )
  return found?.[1][verb] ?? null
}

function normalized(target: string): string {
  const url = new URL(target, 'http://localhost')
  try {
    return decodeURI(url.pathname)
  } catch {
    return url.pathname
  }
}

function patternOf(path: string): RegExp {
  return new RegExp(`^${path.replaceAll('.', '\\.').replace(/\{\w+\}/g, '[^/]+')}$`)
}

// An object of the document has the members that it names: one more would be a leak.
function closed<T>(schema: T): T {
  return JSON.parse(JSON.stringify(schema), (_key, value) =>
    value?.properties && value.type === 'object' && value.additionalProperties === undefined
      ? { ...value, additionalProperties: false }
      : value,
  )
}

const prototypes = [Object, Array, Function, String, Number, Boolean, Date, RegExp, Map, Promise]
const namesOf = () => prototypes.map(({ prototype }) => Reflect.ownKeys(prototype))
const intact = namesOf()

function requireIntactPrototypes(): void {
  expect(namesOf()).toEqual(intact)
}
