import cluster from 'node:cluster'
import { isTold, type Snapshot, type Told } from './relay.ts'

// A little longer than the supervisor waits for all of them.
const patienceMilliseconds = 6_000

/** The processes that share the port, reached through their supervisor. */
export class Siblings {
  readonly #waiting = new Map<number, (snapshots: readonly Snapshot[]) => void>()
  readonly #tell: () => Promise<Snapshot>
  #asked = 0
  // False until the supervisor says so: it may be another program, which does not relay.
  #isRelayed = false

  constructor(tell: () => Promise<Snapshot>) {
    this.#tell = tell
    cluster.worker?.on('message', (message) => {
      if (isTold(message)) void this.#hear(message)
    })
    this.#send({ latchkey: 'hello', id: 0 })
  }

  /** @returns the counts of each process; none if one does not answer; null if no supervisor relays them */
  async ask(): Promise<readonly Snapshot[] | null> {
    if (!this.#isRelayed) return null
    const id = ++this.#asked
    const { promise, resolve } = Promise.withResolvers<readonly Snapshot[]>()
    this.#waiting.set(id, resolve)
    const timer = setTimeout(() => resolve([]), patienceMilliseconds)
    this.#send({ latchkey: 'scrape', id })
    const snapshots = await promise
    clearTimeout(timer)
    this.#waiting.delete(id)
    return snapshots
  }

  async #hear(told: Told): Promise<void> {
    if (told.latchkey === 'relayed') this.#isRelayed = true
    if (told.latchkey === 'scraped') this.#waiting.get(told.id)?.(told.snapshots)
    if (told.latchkey !== 'report') return
    this.#send({ latchkey: 'reported', id: told.id, snapshot: await this.#tell() })
  }

  #send(told: Told): void {
    // The supervisor may be gone.
    if (cluster.worker?.isConnected()) cluster.worker.send(told)
  }
}
