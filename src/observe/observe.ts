import type { Metrics } from '../core/metrics.ts'
import type { Secret } from '../core/secret.ts'

/** What watches a server: for `createAuth`, and from there for all else. */
export interface Observation {
  readonly metrics: Metrics | null
}

export interface ObserveOptions {
  /** As `METRICS_TOKEN`; null for no metrics. */
  readonly metricsToken: Secret | null
}

/** Makes what watches a server, and loads what that takes: nothing where nobody asked for it. */
export async function observe({ metricsToken }: ObserveOptions): Promise<Observation> {
  return { metrics: metricsToken && (await createMetrics(metricsToken)) }
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
