import type { SpanAttributes } from '../core/tracing.ts'

// A client can send any method: all others become `_OTHER`.
const methods = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])

/**
 * The name and attributes of a request's span, by OpenTelemetry's semantic conventions for HTTP.
 *
 * SECURITY: `url.path` and `url.query` are left out, since they can contain tokens of links, and so is
 * `client.address`, the client's IP address.
 *
 * @param route the path as declared; null if no route matched
 */
export function requestSpan(
  method: string,
  route: string | null,
): { readonly name: string; readonly attributes: SpanAttributes } {
  const known = methods.has(method)
  const attributes = {
    'http.request.method': known ? method : '_OTHER',
    ...(route === null ? {} : { 'http.route': route }),
  }
  return { name: [known ? method : 'HTTP', route ?? ''].join(' ').trim(), attributes }
}
