import type { Metrics } from '../core/metrics.ts'
import type { Secret } from '../core/secret.ts'
import type { Tracing } from '../core/tracing.ts'

/** Metrics and tracing of a server: for `createAuth`, which passes them on. */
export interface Observation {
  readonly metrics: Metrics | null
  readonly tracing: Tracing | null
}

export interface ObserveOptions {
  /** The `METRICS_TOKEN`; null for no metrics. */
  readonly metricsToken: Secret | null
}

/**
 * Makes metrics, if there is a token for them, and tracing, if the application registered an OpenTelemetry SDK
 * before. Loads nothing that is not used.
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
 * @param token whoever has it reads them at `GET /metrics`; with null, only `text()` returns them
 */
export async function createMetrics(token: Secret | null = null): Promise<Metrics> {
  const { PrometheusMetrics } = await import('./prometheus.ts')
  return new PrometheusMetrics(token)
}

async function createTracing(): Promise<Tracing> {
  return (await import('./opentelemetry.ts')).openTelemetry()
}

// Where every copy of `@opentelemetry/api` 1.x finds what was registered. Loading it to find out would cost
// applications without tracing as much as those with it.
function isTraced(): boolean {
  const registered: unknown = Reflect.get(globalThis, Symbol.for('opentelemetry.js.api.1'))
  return Object(registered).trace !== undefined
}
