import { AggregatorRegistry, collectDefaultMetrics, Registry } from 'prom-client'
import { AuthError } from '../core/errors.ts'
import type { MessageKind, MessageStatus } from '../core/mail.ts'
import type { AnsweredRequest, Metrics, RefusedAct, Watched } from '../core/metrics.ts'
import type { Secret } from '../core/secret.ts'
import type { SweptTable } from '../core/store.ts'
import { addCounters, type Counters } from './counters.ts'
import { addGauges } from './gauges.ts'
import type { Snapshot } from './relay.ts'
import { Siblings } from './siblings.ts'

// A client can send any other text as the method.
const methods = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])

/** Metrics by `prom-client`, in registries of their own, since the application may have others. */
export class PrometheusMetrics implements Metrics {
  readonly token: Secret | null
  readonly #registry = new Registry()
  readonly #counters: Counters = addCounters(this.#registry)
  readonly #siblings = new Siblings(() => this.#snapshot())
  #gauges = new Registry()
  #countsProcess = false

  constructor(token: Secret | null) {
    this.token = token
  }

  watch(watched: Watched): void {
    this.#gauges = new Registry()
    addGauges(this.#gauges, watched)
  }

  noteRequest({ method, route, status, seconds }: AnsweredRequest): void {
    const labels = { method: methods.has(method) ? method : 'other', route: route ?? 'none' }
    this.#counters.requestDurations.observe(labels, seconds)
    this.#counters.requests.inc({ ...labels, status })
  }

  noteTokenCheck(kind: 'session' | 'api_key', seconds: number): void {
    this.#counters.checkDurations.observe({ kind }, seconds)
  }

  noteRefusal(act: RefusedAct): void {
    this.#counters.refusals.inc({ act })
  }

  noteMail(kind: MessageKind, end: MessageStatus): void {
    this.#counters.mails.inc({ kind, end })
  }

  noteSweep(deleted: Readonly<Record<SweptTable, number>> | null): void {
    const { sweeps, sweptRows, lastSweep } = this.#counters
    sweeps.inc({ result: deleted ? 'done' : 'failed' })
    if (!deleted) return
    lastSweep.setToCurrentTime()
    for (const [table, rows] of Object.entries(deleted)) sweptRows.inc({ table }, rows)
  }

  async text(): Promise<string> {
    this.#countProcess()
    const snapshots = await this.#siblings.ask()
    if (snapshots === null) return Registry.merge([this.#registry, this.#gauges]).metrics()
    if (snapshots.length === 0) {
      const cause = new Error('A process did not say in time what it had counted')
      throw new AuthError('unavailable', { cause })
    }
    return AggregatorRegistry.aggregate([...snapshots]).metrics()
  }

  // Leaves out values that JSON cannot express, such as the mean of no values.
  async #snapshot(): Promise<Snapshot> {
    this.#countProcess()
    const registries = [this.#registry, this.#gauges]
    const metrics = await Promise.all(registries.map((each) => each.getMetricsAsJSON()))
    return metrics.flat().map(({ name, help, type, aggregator, values }) => {
      const finite = values.filter(({ value }) => Number.isFinite(value))
      return { name, help, type, aggregator, values: finite }
    })
  }

  // Only from the first scrape on, since observing the event loop and the memory takes time.
  #countProcess(): void {
    if (this.#countsProcess) return
    this.#countsProcess = true
    collectDefaultMetrics({ register: this.#registry })
  }
}
