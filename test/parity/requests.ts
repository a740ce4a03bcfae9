import type { JsonObject, RowRequest } from './row.ts'

/** A request without a body. */
export function send(line: string, ...headers: string[]): RowRequest {
  return { line, headers }
}

/** JSON that asks for JSON; a text or bytes go out as they are. */
export function json(
  line: string,
  body: JsonObject | string | Uint8Array,
  ...headers: string[]
): RowRequest {
  const isRaw = typeof body === 'string' || body instanceof Uint8Array
  return {
    line,
    headers: ['Content-Type: application/json', 'Accept: application/json', ...headers],
    body: isRaw ? body : JSON.stringify(body),
  }
}

export function form(line: string, body: string, ...headers: string[]): RowRequest {
  return {
    line,
    headers: ['Content-Type: application/x-www-form-urlencoded', ...headers],
    body,
  }
}

/** A body under another content type than its usual one, or under none. */
export function typed(
  line: string,
  contentType: string | null,
  body: JsonObject | string,
): RowRequest {
  return {
    line,
    headers: contentType === null ? [] : [`Content-Type: ${contentType}`],
    body: typeof body === 'string' ? body : JSON.stringify(body),
  }
}
