import cluster, { type Worker } from 'node:cluster'
import { once } from 'node:events'
import type { Log } from '../core/log.ts'
import { relayScrapes } from '../observe/relay.ts'
import { stopMilliseconds } from './serve.ts'

// As long as the shutdown of a worker may take, and less than Docker waits before it kills the process.
const defaultPatience = stopMilliseconds

/**
 * Runs this program in several processes that share its port. A process that ends is restarted, at first after 0.1 s,
 * and after 30 s at most. On SIGTERM and SIGINT each process answers its open requests; one that does not end is
 * killed.
 *
 * @returns the exit code, when all have ended: 1 if the first could not start
 */
export async function supervise({
  processes,
  log,
  patienceMilliseconds = defaultPatience,
}: {
  processes: number
  log: Log
  patienceMilliseconds?: number
}): Promise<number> {
  // Every process accepts its own connections. If this process distributed them, those on their way to a process that
  // is killed would be neither answered nor closed.
  cluster.schedulingPolicy = cluster.SCHED_NONE
  relayScrapes()
  const supervisor = new Supervisor(log)
  const stopped = supervisor.untilStopped(patienceMilliseconds)
  // The first one alone, so that an error at the start is reported only once.
  if (!(await supervisor.startFirst())) return 1
  for (let count = 1; count < processes; count++) supervisor.start()
  await stopped
  return 0
}

/**
 * Makes this process end as with SIGTERM when its supervisor is gone. Node would end it at once, without answering open
 * requests.
 */
export function endWithSupervisor(patienceMilliseconds = defaultPatience): void {
  const { worker } = cluster
  worker?.once('disconnect', () => {
    worker.exitedAfterDisconnect = true
    process.kill(process.pid, 'SIGTERM')
    // No supervisor is left to kill it.
    setTimeout(() => process.exit(1), patienceMilliseconds).unref()
  })
}

class Supervisor {
  readonly #log: Log
  readonly #waiting = new Set<NodeJS.Timeout>()
  #isStopping = false

  constructor(log: Log) {
    this.#log = log
  }

  /** @returns false if it ended before it listened, and was not asked to */
  async startFirst(): Promise<boolean> {
    const worker = cluster.fork()
    const ended = once(worker, 'exit').then(() => this.#isStopping)
    const isListening = await Promise.race([once(worker, 'listening').then(() => true), ended])
    if (isListening) this.#watch(worker, new BackOff())
    return isListening
  }

  start(backOff = new BackOff()): void {
    if (this.#isStopping) return
    try {
      this.#watch(cluster.fork(), backOff)
    } catch (err) {
      this.#couldNotStart(err, backOff)
    }
  }

  /** Resolves when a signal has come and the last process has ended. */
  async untilStopped(patienceMilliseconds: number): Promise<void> {
    await new Promise<void>((resolve) => {
      // Ctrl-C arrives twice, from the terminal and from npm: the second must not interrupt the shutdown.
      for (const signal of ['SIGTERM', 'SIGINT']) process.on(signal, () => resolve())
    })
    this.#isStopping = true
    for (const timer of this.#waiting) clearTimeout(timer)
    await Promise.all(workers().map((worker) => end(worker, patienceMilliseconds)))
  }

  #watch(worker: Worker, backOff: BackOff): void {
    const startedAt = performance.now()
    const { pid } = worker.process
    worker.once('exit', (code, signal) => {
      if (this.#isStopping) return
      const startsIn = backOff.after(performance.now() - startedAt)
      this.#log.error({ pid, code, signal, startsIn }, 'a process ended by itself')
      this.#startLater(startsIn, backOff)
    })
    // Without a listener an error would end this process, and with it all others.
    worker.on('error', (err) => {
      // A process that started but cannot be talked to is about to exit, which is handled above.
      if (pid === undefined) this.#couldNotStart(err, backOff)
    })
  }

  // The Node binary is missing while it is being replaced, or there is no memory. Some of these errors are
  // thrown, some are events.
  #couldNotStart(err: unknown, backOff: BackOff): void {
    const startsIn = backOff.after(0)
    this.#log.error({ err, startsIn }, 'a process could not be started')
    this.#startLater(startsIn, backOff)
  }

  #startLater(milliseconds: number, backOff: BackOff): void {
    const timer = setTimeout(() => {
      this.#waiting.delete(timer)
      this.start(backOff)
    }, milliseconds)
    this.#waiting.add(timer)
  }
}

/** How long to wait before a process that ended is started again: each time twice as long. */
export class BackOff {
  static readonly #first = 100
  static readonly #longest = 30_000
  // A process that ran for this long did not end because of a problem at its start.
  static readonly #sound = 60_000
  #next = BackOff.#first

  /** @returns milliseconds */
  after(livedMilliseconds: number): number {
    if (livedMilliseconds >= BackOff.#sound) this.#next = BackOff.#first
    const delay = this.#next
    this.#next = Math.min(delay * 2, BackOff.#longest)
    return delay
  }
}

function workers(): Worker[] {
  // Node keeps a process that has ended in its list for a while, and one that never started for ever.
  const known = Object.values(cluster.workers ?? {}).filter((worker) => worker !== undefined)
  return known.filter((worker) => !worker.isDead())
}

async function end(worker: Worker, patienceMilliseconds: number): Promise<void> {
  const ended = new Promise((resolve) => worker.once('exit', resolve))
  worker.process.kill('SIGTERM')
  const force = setTimeout(() => worker.process.kill('SIGKILL'), patienceMilliseconds)
  await ended
  clearTimeout(force)
}
