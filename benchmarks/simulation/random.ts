export interface Random {
  /** A number from 0 to 1, uniformly distributed. */
  next(): number
  /** The time between two independent arrivals, given their number a second. */
  secondsBetween(perSecond: number): number
}

/** Gives the same numbers for the same seed, by mulberry32. */
export function seeded(seed: number): Random {
  let state = seed
  const next = () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  return { next, secondsBetween: (perSecond) => -Math.log(1 - next()) / perSecond }
}
