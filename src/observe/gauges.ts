import { Counter, Gauge, type Registry } from 'prom-client'
import { CachedRead } from '../core/cached-read.ts'
import type { Watched } from '../core/metrics.ts'
import type { HashLoad } from '../core/password-hash/hash-queue.ts'
import type { Backlog, ConnectionLoad } from '../core/store.ts'

// The database is asked at most once a second, even if the metrics are scraped more often.
const keptMilliseconds = 1_000

/** Adds gauges that are read at each scrape. One that does not exist, or cannot be read, is left out. */
export function addGauges(registry: Registry, watched: Watched): void {
  const { hashes, store } = watched
  if (hashes) addHashes(registry, hashes)
  if (store.countConnections()) addConnections(registry, () => store.countConnections())
  addBacklog(registry, watched)
}

function addHashes(registry: Registry, hashes: HashLoad): void {
  addGauge(registry, {
    name: 'latchkey_hashes_running',
    help: 'Passwords that are being hashed',
    read: () => hashes.running,
  })
  addGauge(registry, {
    name: 'latchkey_hashes_waiting',
    help: 'Passwords that wait to be hashed',
    read: () => hashes.waiting,
  })
  new Counter({
    name: 'latchkey_hashes_refused_total',
    help: 'Requests that were told to return because too many passwords waited',
    registers: [registry],
    collect() {
      this.reset()
      this.inc(hashes.refused)
    },
  })
}

function addConnections(registry: Registry, count: () => ConnectionLoad | null): void {
  addGauge(registry, {
    name: 'latchkey_postgres_pool_connections',
    help: 'Connections of the pool, those for looking up tokens left out',
    read: () => count()?.total ?? null,
  })
  addGauge(registry, {
    name: 'latchkey_postgres_pool_idle_connections',
    help: 'Those of them that nobody uses',
    read: () => count()?.idle ?? null,
  })
  addGauge(registry, {
    name: 'latchkey_postgres_pool_waiting_requests',
    help: 'Who waits for one of them',
    read: () => count()?.waiting ?? null,
  })
}

// The backlog in the database, which is the same for every process.
function addBacklog(registry: Registry, { store, clock }: Watched): void {
  const read = () => store.findBacklog().catch(() => null)
  const kept = new CachedRead<Backlog | null>({ read, clock, milliseconds: keptMilliseconds })
  addGauge(registry, {
    name: 'latchkey_outbox_queued_mails',
    help: 'Mails that wait to be sent, 10000 at most',
    aggregator: 'max',
    read: async () => (await kept.get())?.queued ?? null,
  })
  addGauge(registry, {
    name: 'latchkey_outbox_oldest_queued_seconds',
    help: 'How long the mail has waited that was queued first; 0 where none waits',
    aggregator: 'max',
    async read() {
      const backlog = await kept.get()
      if (backlog === null) return null
      const { oldestQueuedAt } = backlog
      const waited = oldestQueuedAt ? clock().getTime() - oldestQueuedAt.getTime() : 0
      // The clock of the process that queued it may be ahead.
      return Math.max(0, waited) / 1_000
    },
  })
}

interface Looked {
  readonly name: string
  readonly help: string
  /** How the values of all processes are combined. */
  readonly aggregator?: 'sum' | 'max'
  /** Null if there is no value. */
  read(): number | null | Promise<number | null>
}

function addGauge(registry: Registry, { name, help, read, aggregator = 'sum' }: Looked): void {
  new Gauge({
    name,
    help,
    aggregator,
    registers: [registry],
    async collect() {
      const value = await read()
      if (value === null) this.remove()
      else this.set(value)
    },
  })
}
