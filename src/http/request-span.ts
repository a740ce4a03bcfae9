import type { SpanAttributes } from '../core/tracing.ts'

// Any other is `_OTHER`: a client can send a method of its own invention.
const methods = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])

/**
 * Name and attributes of the span of a request, by OpenTelemetry's semantic conventions for HTTP.
 *
 * SECURITY: other attributes of the conventions are left out: `url.path` and `url.query` can hold the tokens of
 * links, and `client.address` an IP address.
 *
 * @param route as declared; null where there is none
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
