import { AsyncLocalStorage } from 'node:async_hooks'
import type { RateLimit } from './rate-limit.ts'

/** How much of a limit is left after an attempt. */
export interface Allowance {
  readonly limit: RateLimit
  readonly remaining: number
  /** When there is more again. */
  readonly resetSeconds: number
}

const storage = new AsyncLocalStorage<Allowances>()

/** What is left of the limits that a request was counted against. */
export class Allowances {
  readonly #found: Allowance[] = []

  /** The one of which least is left, and of several the one that ends last; null where nothing was counted. */
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

/** Runs `work` so that what it is counted against is noted in `allowances`. */
export function runWithin<T>(allowances: Allowances, work: () => T): T {
  return storage.run(allowances, work)
}

/** Those of the request that this code runs for; null outside one. */
export function currentAllowances(): Allowances | null {
  return storage.getStore() ?? null
}
