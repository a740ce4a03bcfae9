import { AsyncLocalStorage } from 'node:async_hooks'
import type { RateLimit } from './rate-limit.ts'

/** How much of a limit is left after an attempt. */
export interface Allowance {
  readonly limit: RateLimit
  readonly remaining: number
  /** Seconds until there is more. */
  readonly resetSeconds: number
}

const storage = new AsyncLocalStorage<Allowances>()

/** What is left of each limit that a request was counted against. */
export class Allowances {
  readonly #found: Allowance[] = []

  /** The one with the least left, and among equals the one that ends last; null if nothing was counted. */
  get tightest(): Allowance | null {
    const [first = null] = this.#found.toSorted(
      (one, other) => one.remaining - other.remaining || other.resetSeconds - one.resetSeconds,
    )
    return first
  }

  note(allowance: Allowance): void {
    this.#found.push(allowance)
  }
}

/** Runs `work`, and notes in `allowances` the limits that it counts against. */
export function runWithin<T>(allowances: Allowances, work: () => T): T {
  return storage.run(allowances, work)
}

/** The allowances of the current request; null outside one. */
export function currentAllowances(): Allowances | null {
  return storage.getStore() ?? null
}
