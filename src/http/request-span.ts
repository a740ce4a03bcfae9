import type { SpanAttributes } from '../core/tracing.ts'

// Every other is `_OTHER`: what a request says its method is can be a word of its own.
const methods = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])

/**
 * How a request is called among spans, by OpenTelemetry's semantic conventions for HTTP.
 *
 * SECURITY: what they would have beside it is left out: in `url.path` and `url.query` stand tokens of links,
 * and addresses in `client.address`.
 *
 * @param route as it is declared; null where there is none
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
