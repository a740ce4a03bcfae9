import type { Metrics } from '../core/metrics.ts'
import type { Secret } from '../core/secret.ts'
import type { Tracing } from '../core/tracing.ts'

/** Metrics and tracing of a server, to be passed to `createAuth`. */
export interface Observation {
  readonly metrics: Metrics | null
  readonly tracing: Tracing | null
}

export interface ObserveOptions {
  /** The `METRICS_TOKEN`; if null, there are no metrics. */
  readonly metricsToken: Secret | null
}

/**
 * Creates metrics, if there is a token for them, and tracing, if the application has registered an OpenTelemetry SDK.
 * Loads no package that is not used.
 */
export async function observe({ metricsToken }: ObserveOptions): Promise<Observation> {
  return {
    metrics: metricsToken && (await createMetrics(metricsToken)),
    tracing: isTraced() ? await createTracing() : null,
  }
}

/**
 * Metrics for one `auth`, with the package `prom-client`.
 *
 * @param token the bearer token for `GET /metrics`; if null, only `text()` returns the metrics
 */
export async function createMetrics(token: Secret | null = null): Promise<Metrics> {
  const { PrometheusMetrics } = await import('./prometheus.ts')
  return new PrometheusMetrics(token)
}

async function createTracing(): Promise<Tracing> {
  return (await import('./opentelemetry.ts')).openTelemetry()
}

// Every copy of `@opentelemetry/api` 1.x registers the SDK under this symbol. The package is not loaded to find out,
// since that would slow down applications without tracing.
function isTraced(): boolean {
  const registered: unknown = Reflect.get(globalThis, Symbol.for('opentelemetry.js.api.1'))
  return Object(registered).trace !== undefined
}
