import type { Body, Json, JsonObject } from './row.ts'
import type { WireAnswer } from './wire.ts'

/** A body with what necessarily varies under the names that the rows have for it. */
export function readBody({ headers, text }: WireAnswer, now: Date): Body {
  const isJson = headers.get('content-type')?.startsWith('application/json')
  if (!isJson || text === '') return text
  const known = { request_id: headers.get('x-request-id'), now: now.toISOString() }
  return renameMembers(JSON.parse(text), known)
}

interface Known {
  readonly request_id: string | null
  readonly now: string
}

const token = /^lks_[1-9A-HJ-NP-Za-km-z]{38}$/
const uuidV7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/

function renameMembers(object: JsonObject, known: Known): JsonObject {
  const members = Object.entries(object)
  return Object.fromEntries(members.map(([name, value]) => [name, rename(name, value, known)]))
}

function rename(name: string, value: Json, known: Known): Json {
  if (Array.isArray(value)) return value.map((each) => rename(name, each, known))
  if (isObject(value)) return renameMembers(value, known)
  if (typeof value !== 'string') return value
  if (name === 'token' && token.test(value)) return '<token>'
  if (name === 'id' && uuidV7.test(value)) return '<id>'
  if (name === 'request_id' && value === known.request_id) return '<request id>'
  return value === known.now ? '<now>' : value
}

function isObject(value: Json): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
