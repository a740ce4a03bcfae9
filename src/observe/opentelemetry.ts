import {
  context,
  propagation,
  type Span,
  SpanKind,
  SpanStatusCode,
  type TextMapGetter,
  trace,
} from '@opentelemetry/api'
import { AuthError } from '../core/errors.ts'
import type { NewSpan, OpenSpan, RequestHeaders, Tracing } from '../core/tracing.ts'

/** Tracing by the SDK that the application has registered. */
export function openTelemetry(): Tracing {
  const tracer = trace.getTracer('latchkey')
  return {
    span(wanted, work) {
      const { above, kind } = placeOf(wanted)
      const { name, attributes } = wanted
      return tracer.startActiveSpan(name, { kind, attributes }, above, (span) => run(span, work))
    },
    traceId: () => trace.getActiveSpan()?.spanContext().traceId ?? null,
  }
}

async function run<T>(span: Span, work: (span: OpenSpan) => Promise<T>): Promise<T> {
  const fail = (type: string) => {
    span.setAttribute('error.type', type)
    span.setStatus({ code: SpanStatusCode.ERROR })
  }
  try {
    return await work({ set: (attributes) => void span.setAttributes(attributes), fail })
  } catch (error) {
    // SECURITY: only the type: the message of the error may repeat what a client sent.
    fail(typeOf(error))
    throw error
  } finally {
    span.end()
  }
}

// If Node's HTTP is traced already, its span is the server's, and has read the headers.
function placeOf({ request }: NewSpan) {
  const above = context.active()
  if (request === null || trace.getSpan(above)) return { above, kind: SpanKind.INTERNAL }
  return { above: propagation.extract(above, request, headers), kind: SpanKind.SERVER }
}

// SECURITY: the trace of which a client claims to be part is only a number. Baggage is free text, which would be passed
// on to every service that the application calls, so it is not read.
const headers: TextMapGetter<RequestHeaders> = {
  get: (carrier, name) => (name === 'baggage' ? undefined : (carrier.get(name) ?? undefined)),
  keys: (carrier) => [...carrier.keys()].filter((name) => name !== 'baggage'),
}

function typeOf(error: unknown): string {
  if (error instanceof AuthError) return error.code
  return error instanceof Error ? error.name : 'Error'
}
