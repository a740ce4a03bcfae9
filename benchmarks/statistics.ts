export function median(values: readonly number[]): number {
  const sorted = values.toSorted((one, other) => one - other)
  const middle = Math.floor(sorted.length / 2)
  const [below = Number.NaN, above = Number.NaN] = [sorted[middle - 1], sorted[middle]]
  return sorted.length % 2 === 0 ? (below + above) / 2 : above
}

/** The ratios of two values of the same round, so that a slower machine affects both. */
export function ratios(values: readonly number[], others: readonly number[]): number[] {
  return values.map((value, round) => value / (others[round] ?? Number.NaN))
}

/**
 * The median ratio of values that are themselves differences. NaN if noise made one of them zero or negative, since
 * the ratio would then be meaningless, and look like the best of all.
 */
export function medianShare(values: readonly number[], others: readonly number[]): number {
  const isKnown = [...values, ...others].every((value) => value > 0)
  return isKnown ? median(ratios(values, others)) : Number.NaN
}

/** The value below which this share of all values is. */
export function percentile(values: readonly number[], share: number): number {
  return valueAt(Float64Array.from(values).sort(), share)
}

/** The same, for sorted values. */
export function valueAt(sorted: Float64Array, share: number): number {
  return sorted[Math.floor(sorted.length * share)] ?? Number.NaN
}
