import { BoundedMap } from './bounded-map.ts'
import type { Bucket } from './buckets.ts'
import type { GuardCount } from './guard-store.ts'

// What is full is refused without a look at the database, so long, and then with a look at it and without a
// write; beyond so many, the oldest costs one again.
const rememberedMilliseconds = 5_000
const rememberedCounts = 10_000

interface Full {
  readonly count: GuardCount
  readonly rememberedUntil: number
}

/** The counts of which this process knows that they have reached what they may. */
export class FullCounts {
  readonly #full = new BoundedMap<Full>(rememberedCounts)

  /** Those of these buckets that are known. */
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

/** Whether it was seen in the database so lately that nobody looks again. */
export function isRecent({ rememberedUntil }: Full, now: Date): boolean {
  const left = rememberedUntil - now.getTime()
  return left > 0 && left <= rememberedMilliseconds
}
