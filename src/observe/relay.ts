import cluster, { type Worker } from 'node:cluster'

/** The counts of one process, in the form in which `prom-client` adds them up. */
export type Snapshot = readonly SnapshotMetric[]

interface SnapshotMetric {
  readonly name: string
  readonly type: unknown
  readonly values: readonly object[]
}

/** Messages between the processes that share a port and their supervisor. */
export type Told =
  | { readonly latchkey: 'hello' | 'relayed'; readonly id: 0 }
  | { readonly latchkey: 'scrape'; readonly id: number }
  | { readonly latchkey: 'report'; readonly id: number }
  | { readonly latchkey: 'reported'; readonly id: number; readonly snapshot: Snapshot }
  | { readonly latchkey: 'scraped'; readonly id: number; readonly snapshots: readonly Snapshot[] }

export function isTold(message: unknown): message is Told {
  return typeof Object(message).latchkey === 'string' && typeof Object(message).id === 'number'
}

// Longer than a process can be kept from reporting by a database that is away.
const patienceMilliseconds = 5_000

/**
 * For the supervisor: whichever process is scraped gets the counts of all. The last counts of a process that has
 * ended stay in the sum, since for Prometheus a smaller sum means that all processes have restarted.
 */
export function relayScrapes(): void {
  const relay = new Relay()
  cluster.on('message', (worker, message) => {
    if (isTold(message)) relay.hear(worker, message)
  })
  cluster.on('exit', (worker) => void relay.keep(worker))
}

/** A process that can be sent a message. */
interface Listener extends Pick<Worker, 'id' | 'isConnected'> {
  send(told: Told): unknown
}

/** The last reports of all processes, and of those that have ended. */
export class Relay {
  readonly #last = new Map<number, Snapshot>()
  readonly #waiting = new Map<number, (worker: Listener) => void>()
  #departed: Snapshot[] = []
  #merging: Promise<void> = Promise.resolve()
  #scrapes = 0

  hear(worker: Listener, told: Told): void {
    if (told.latchkey === 'hello') worker.send({ latchkey: 'relayed', id: 0 } satisfies Told)
    if (told.latchkey === 'scrape') void this.scrape(worker, told.id)
    if (told.latchkey !== 'reported') return
    this.#last.set(worker.id, told.snapshot)
    this.#waiting.get(told.id)?.(worker)
  }

  async keep({ id }: Pick<Worker, 'id'>): Promise<void> {
    const last = this.#last.get(id)
    this.#last.delete(id)
    if (!last) return
    const counted = last.filter(({ type }) => type === 'counter' || type === 'histogram')
    this.#departed.push(counted)
    // One after the other: two concurrent merges would both include the same counts.
    this.#merging = this.#merging.then(() => this.#merge())
    await this.#merging
  }

  // Merged into one snapshot, so that memory does not grow with each process that ends.
  async #merge(): Promise<void> {
    const together = [...this.#departed]
    if (together.length < 2) return
    const { AggregatorRegistry } = await import('prom-client')
    const sum = await AggregatorRegistry.aggregate(together).getMetricsAsJSON()
    this.#departed = [sum, ...this.#departed.filter((each) => !together.includes(each))]
  }

  /** Sends the counts of all processes to one of them. */
  async scrape(asker: Listener, id: number): Promise<void> {
    const workers = Object.values(cluster.workers ?? {}).filter((worker) => worker !== undefined)
    const isWhole = await this.#ask(workers.filter((worker) => worker.isConnected()))
    // Nothing rather than a part, whose sum would be smaller than the last one.
    const snapshots = isWhole ? [...this.#last.values(), ...this.#departed] : []
    if (asker.isConnected()) asker.send({ latchkey: 'scraped', id, snapshots } satisfies Told)
  }

  /** @returns whether every process has reported, or ended */
  async #ask(workers: readonly Listener[]): Promise<boolean> {
    if (workers.length === 0) return true
    const id = ++this.#scrapes
    const { promise, resolve } = Promise.withResolvers<boolean>()
    const silent = new Set(workers)
    const done = (worker: Listener) => {
      silent.delete(worker)
      if (silent.size === 0) resolve(true)
    }
    this.#waiting.set(id, done)
    cluster.on('exit', done)
    const timer = setTimeout(() => resolve(false), patienceMilliseconds)
    for (const worker of workers) worker.send({ latchkey: 'report', id } satisfies Told)
    const isWhole = await promise
    clearTimeout(timer)
    cluster.off('exit', done)
    this.#waiting.delete(id)
    return isWhole
  }
}
