import { setTimeout as wait } from 'node:timers/promises'
import type { Auth } from '../core/auth.ts'
import type { Configuration } from '../core/config.ts'
import type { Log } from '../core/log.ts'
import type { SweepStep } from '../core/store.ts'
import { type Swept, sweep } from '../core/sweep.ts'
import { logOf } from '../core/tracing.ts'

/** Deletes expired rows. Any number of processes may have a sweeper: one at a time sweeps. */
export interface Sweeper {
  /** Starts sweeping: first within one and a half hours, and then about once an hour. */
  start(): void
  /** Sweeps once, at the same pace, unless another process does. For scripts and tests. Errors go to the log. */
  sweep(): Promise<void>
  /** Stops for good, after the current step. */
  stop(): Promise<void>
}

export interface SweeperOptions {
  /** Default: that of the `auth`. */
  readonly log?: Log
  /** @internal Milliseconds of a clock that is never set; default `performance.now`. */
  readonly monotonic?: () => number
}

const intervalMilliseconds = 3_600_000
// How long it takes until a process that holds the lease and dies is replaced.
const leaseMilliseconds = 60_000
// A request may wait for the end of a step. But smaller steps mean more commits, and after each a reader of SQLite
// has to empty its page cache, which takes as long as the step, and fill it again.
const stepRows = 128
// The shares of time that steps may take.
const sharesOfSteps = { looking: 0.005, deleting: 0.0005 }
// Twice as much with each hour that a sweep takes: where rows expire faster than they are deleted, a table would grow
// for ever.
const mostHurry = 32
const shortestPauseMilliseconds = 1
const longestPauseMilliseconds = 5_000
const toleratedJumpMilliseconds = 60_000

export function createSweeper(
  { config }: Pick<Auth, 'config'>,
  options: SweeperOptions = {},
): Sweeper {
  return new Worker(config, options)
}

/** How long to pause after a step, so that steps like it take this share of the time. */
export function pauseAfter(stepMilliseconds: number, share: number): number {
  const pause = stepMilliseconds * (1 / share - 1)
  return Math.min(Math.max(pause, shortestPauseMilliseconds), longestPauseMilliseconds)
}

class Worker implements Sweeper {
  readonly #config: Configuration
  readonly #log: Log
  readonly #monotonic: () => number
  readonly #stopping = new AbortController()
  #running: Promise<void> | null = null
  #sweeping: Promise<void> | null = null
  #sweepBegan = 0
  #stepBegan = 0
  #offset: number
  #heldUntil = new Date(0)

  constructor(config: Configuration, { log, monotonic }: SweeperOptions) {
    this.#config = config
    this.#log = logOf(config, log)
    this.#monotonic = monotonic ?? (() => performance.now())
    this.#offset = this.#readOffset()
  }

  start(): void {
    this.#running ??= this.#run()
  }

  sweep(): Promise<void> {
    this.#sweeping ??= this.#sweepOnce().finally(() => {
      this.#sweeping = null
    })
    return this.#sweeping
  }

  async stop(): Promise<void> {
    this.#stopping.abort()
    await Promise.all([this.#running, this.#sweeping])
  }

  async #run(): Promise<void> {
    // SECURITY: not at once. The wrong clock of a machine that wakes up is corrected within minutes; until then every
    // session may seem to have expired.
    while (await this.#sleep(this.#jittered(intervalMilliseconds), { ref: false })) {
      if (!this.#hasJumped()) await this.sweep()
    }
  }

  async #sweepOnce(): Promise<void> {
    try {
      if (this.#stopping.signal.aborted || !(await this.#holdLease())) return
      this.#sweepBegan = this.#monotonic()
      const swept: Swept = await sweep(this.#config, {
        maximum: stepRows,
        mayGoOn: () => this.#begin(),
        after: (step) => this.#goOn(step),
      })
      this.#config.metrics?.noteSweep(swept)
      const deleted = Object.entries(swept).filter(([, rows]) => rows > 0)
      if (deleted.length > 0) this.#log.info(Object.fromEntries(deleted), 'swept')
    } catch (err) {
      this.#config.metrics?.noteSweep(null)
      this.#log.error({ err }, 'nothing could be swept; it is tried again in about an hour')
    }
  }

  #begin(): boolean {
    this.#stepBegan = this.#monotonic()
    return !this.#hasJumped()
  }

  // Pauses for the requests between two steps, and renews the lease.
  async #goOn({ deleted }: SweepStep): Promise<boolean> {
    const share = sharesOfSteps[deleted > 0 ? 'deleting' : 'looking']
    const now = this.#monotonic()
    const hours = Math.floor((now - this.#sweepBegan) / intervalMilliseconds)
    const pause = pauseAfter(now - this.#stepBegan, share * Math.min(2 ** hours, mostHurry))
    // `ref`, since a script that waits for its sweep has nothing else to keep it alive.
    const isAwake = await this.#sleep(pause, { ref: true })
    return isAwake && (await this.#holdLease())
  }

  async #holdLease(): Promise<boolean> {
    const { clock, store } = this.#config
    const now = clock()
    const left = this.#heldUntil.getTime() - now.getTime()
    if (left > leaseMilliseconds / 2 && left <= leaseMilliseconds) return true
    const after = (milliseconds: number) => new Date(now.getTime() + milliseconds)
    const [until, latest] = [after(leaseMilliseconds), after(2 * leaseMilliseconds)]
    const held = await store.holdLease('sweep', { now, until, latest, own: this.#heldUntil })
    this.#heldUntil = held ? until : new Date(0)
    return held
  }

  // SECURITY: if the clock was moved while the process was running, what seems to have expired may not have. The
  // sweep goes on once the clock has run evenly for an hour.
  #hasJumped(): boolean {
    const offset = this.#readOffset()
    const hasJumped = Math.abs(offset - this.#offset) > toleratedJumpMilliseconds
    if (hasJumped) this.#log.error({}, 'the clock was moved: nothing is swept for an hour')
    this.#offset = offset
    return hasJumped
  }

  #readOffset(): number {
    return this.#config.clock().getTime() - this.#monotonic()
  }

  // Between half and one and a half of it, so that several processes do not start at the same moment.
  #jittered(milliseconds: number): number {
    const [byte = 0] = this.#config.random(1)
    return milliseconds * (0.5 + byte / 255)
  }

  /** @returns false when the sweeper is to stop */
  async #sleep(milliseconds: number, { ref }: { ref: boolean }): Promise<boolean> {
    await wait(milliseconds, undefined, { signal: this.#stopping.signal, ref }).catch(() => {})
    return !this.#stopping.signal.aborted
  }
}
