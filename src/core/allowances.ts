import { AsyncLocalStorage } from 'node:async_hooks'
import type { RateLimit } from './rate-limit.ts'

/** How much of a limit is left after an attempt. */
export interface Allowance {
  readonly limit: RateLimit
  readonly remaining: number
  /** When there is more again; null where that is not a matter of time. */
  readonly resetSeconds: number | null
}

const storage = new AsyncLocalStorage<Allowances>()

/** What is left of the limits that a request was counted against. */
export class Allowances {
  readonly #found: Allowance[] = []

  /** The one that ends first; null where nothing was counted. */
  get tightest(): Allowance | null {
    const [first = null] = this.#found.toSorted(
      (one, other) =>
        one.remaining - other.remaining || (other.resetSeconds ?? 0) - (one.resetSeconds ?? 0),
    )
    return first
  }

  note(allowance: Allowance): void {
    this.#found.push(allowance)
  }

  /** What was counted against a limit counts no more. */
  forget(limit: RateLimit): void {
    const kept = this.#found.filter((allowance) => allowance.limit !== limit)
    this.#found.splice(0, this.#found.length, ...kept)
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
