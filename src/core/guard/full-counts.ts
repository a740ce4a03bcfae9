import { BoundedMap } from '../bounded-map.ts'
import type { Bucket } from './buckets.ts'
import type { GuardCount } from './guard-store.ts'

// For this time a full count refuses without a query, and after it with a read but no write. Beyond the number of
// counts, the oldest is forgotten and costs a write again.
const rememberedMilliseconds = 5_000
const rememberedCounts = 10_000

interface Full {
  readonly count: GuardCount
  readonly rememberedUntil: number
}

/** The counts that this process knows to be full. */
export class FullCounts {
  readonly #full = new BoundedMap<Full>(rememberedCounts)

  /** Those of the buckets that are known to be full. */
  among(buckets: readonly Bucket[]): readonly (Bucket & Full)[] {
    return buckets.flatMap((bucket) => {
      const full = this.#full.get(bucket.key)
      return full ? [{ ...bucket, ...full }] : []
    })
  }

  remember(count: GuardCount, now: Date): void {
    this.#full.set(count.key, { count, rememberedUntil: now.getTime() + rememberedMilliseconds })
  }

  forget(key: string): void {
    this.#full.delete(key)
  }
}

/** Whether a full count was read so recently that the database need not be asked. */
export function isRecent({ rememberedUntil }: Full, now: Date): boolean {
  const left = rememberedUntil - now.getTime()
  return left > 0 && left <= rememberedMilliseconds
}
