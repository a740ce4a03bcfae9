import type { Metrics } from '../core/metrics.ts'
import type { Secret } from '../core/secret.ts'
import type { Tracing } from '../core/tracing.ts'

/** What watches a server: for `createAuth`, and from there for all else. */
export interface Observation {
  readonly metrics: Metrics | null
  readonly tracing: Tracing | null
}

export interface ObserveOptions {
  /** As `METRICS_TOKEN`; null for no metrics. */
  readonly metricsToken: Secret | null
}

/**
 * Makes what watches a server: metrics where there is a token for them, spans where the application has
 * registered an SDK of OpenTelemetry before. Nothing is loaded for what nobody asked for.
 */
export async function observe({ metricsToken }: ObserveOptions): Promise<Observation> {
  return {
    metrics: metricsToken && (await createMetrics(metricsToken)),
    tracing: isTraced() ? await createTracing() : null,
  }
}

/**
 * Metrics for an `auth` of its own, with the package `prom-client`.
 *
 * @param token whoever has it reads them at `GET /metrics`; null, and `text()` is the one way to them
 */
export async function createMetrics(token: Secret | null = null): Promise<Metrics> {
  const { PrometheusMetrics } = await import('./prometheus.ts')
  return new PrometheusMetrics(token)
}

async function createTracing(): Promise<Tracing> {
  return (await import('./opentelemetry.ts')).openTelemetry()
}

// Where every copy of `@opentelemetry/api` 1.x finds what was registered. To load it to find out
// would cost whoever does not trace as much as whoever does.
function isTraced(): boolean {
  const registered: unknown = Reflect.get(globalThis, Symbol.for('opentelemetry.js.api.1'))
  return Object(registered).trace !== undefined
}
