/** Chance that a number begins: the same number, the same chance. */
export interface Chance {
  /** From 0, below `limit`. */
  below(limit: number): number
  pick<T>(list: readonly T[]): T | undefined
}

// mulberry32: three lines, and good enough to choose what somebody does next.
export function createChance(seed: number): Chance {
  let state = seed >>> 0
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  const below = (limit: number) => Math.floor(next() * limit)
  return { below, pick: (list) => list[below(list.length)] }
}
