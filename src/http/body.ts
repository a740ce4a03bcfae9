import { isRefusal, type Refusal, refuse } from './problems.ts'
import type { RequestLike } from './request-like.ts'

/** The largest body that a route reads. */
export const maximumBytes = 64 * 1024
const maximumFields = 1_000

/**
 * The fields of a body, which is a JSON object or a form. Of several equal names the last counts, as in Rails. A
 * missing body has no fields.
 */
export async function readBody(request: RequestLike): Promise<Record<string, unknown> | Refusal> {
  const bytes = await readWhole(request)
  if (isRefusal(bytes)) return bytes
  if (bytes.length === 0) return {}
  const type = parseMediaType(request.headers.get('content-type'))
  // RFC 9110 §8.4: an encoded body is not in the format that its Content-Type names, unless a filter in front decoded
  // it.
  const encoding = request.headers.get('content-encoding') ?? 'identity'
  if (!type || encoding.toLowerCase() !== 'identity') return refuse('unsupported_media_type')
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes)
    return type === 'json' ? readObject(JSON.parse(text)) : readForm(text)
  } catch {
    return refuse('invalid_request', { error: `The body is not valid ${type} in UTF-8` })
  }
}

/**
 * Reads and discards the body of a route that takes none.
 *
 * SECURITY: Node reports a malformed chunk only when it reaches it, and then answers 400: by then, a log-out must not
 * have been carried out.
 */
export async function passOver(request: RequestLike): Promise<Record<string, never> | Refusal> {
  const bytes = await readWhole(request)
  return isRefusal(bytes) ? bytes : {}
}

/** Whether the body is sent in chunks, so that it is known to be well-formed only once all of it has arrived. */
export function isChunked({ headers }: RequestLike): boolean {
  return headers.has('transfer-encoding')
}

/** Whether the body is a form, whose values are all strings. */
export function isForm({ headers }: RequestLike): boolean {
  return parseMediaType(headers.get('content-type')) === 'form'
}

async function readWhole(request: RequestLike): Promise<Uint8Array | Refusal> {
  const bytes = await readBytes(request).catch(() => 'broken off' as const)
  if (bytes === 'broken off') return refuse('invalid_request', { error: 'The body ended early' })
  return bytes === 'too large' ? refuse('payload_too_large') : bytes
}

// With a Content-Length, a large body is refused before it is read; without one, the bytes are counted.
async function readBytes(request: RequestLike): Promise<Uint8Array | 'too large'> {
  const announced = request.headers.get('content-length')
  if (announced !== null) {
    if (Number(announced) > maximumBytes) return 'too large'
    // Node enforces the Content-Length; a caller of `fetch` in this process may have sent more.
    const bytes = new Uint8Array(await request.arrayBuffer())
    return bytes.length > maximumBytes ? 'too large' : bytes
  }
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of request.body ?? []) {
    size += chunk.length
    if (size > maximumBytes) return 'too large'
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

function parseMediaType(header: string | null): 'json' | 'form' | null {
  const [type = '', ...parameters] = (header ?? '')
    .toLowerCase()
    .split(';')
    .map((part) => part.trim())
  const charset = parameters.find((parameter) => parameter.startsWith('charset='))
  if (charset && !/^charset="?utf-?8"?$/.test(charset)) return null
  if (type === 'application/json') return 'json'
  return type === 'application/x-www-form-urlencoded' ? 'form' : null
}

function readObject(value: unknown): Record<string, unknown> | Refusal {
  // Without a prototype: no field may seem to be there that was not sent, such as `constructor`.
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    return Object.assign(Object.create(null), value)
  }
  return refuse('invalid_request', { error: 'The body must be a JSON object' })
}

// Not URLSearchParams, which replaces bytes that are not UTF-8 with U+FFFD: decodeURIComponent throws.
function readForm(text: string): Record<string, unknown> | Refusal {
  const parts = text.split('&', maximumFields + 1)
  // SECURITY: in a body of 64 KiB full of separators each would cost a microsecond, before any limit applies.
  if (parts.length > maximumFields)
    return refuse('invalid_request', { error: 'The form has too many fields' })
  const pairs = parts.map((pair) => {
    const [name = '', ...value] = pair.split('=').map((part) => part.replaceAll('+', ' '))
    return [decodeURIComponent(name), decodeURIComponent(value.join('='))]
  })
  return Object.assign(Object.create(null), Object.fromEntries(pairs))
}
