import { upperTail } from './normal.ts'

/**
 * Wilcoxon's signed-rank test, two-sided: by the normal approximation, which is for twenty pairs and
 * more, with its correction for ties and without one for continuity; zeros left out.
 */
export function wilcoxon(differences: ArrayLike<number>): number {
  const sorted = Array.from(differences)
    .filter((each) => each !== 0)
    .sort((one, other) => Math.abs(one) - Math.abs(other))
  const pairs = sorted.length
  if (pairs === 0) return 1
  let [slower, ties] = [0, 0]
  for (let from = 0; from < pairs; ) {
    let to = from + 1
    while (to < pairs && Math.abs(sorted[to] ?? 0) === Math.abs(sorted[from] ?? 0)) to++
    // Those of one size share the mean of their ranks.
    const rank = (from + 1 + to) / 2
    slower += rank * sorted.slice(from, to).filter((each) => each > 0).length
    ties += (to - from) ** 3 - (to - from)
    from = to
  }
  const mean = (pairs * (pairs + 1)) / 4
  const variance = (pairs * (pairs + 1) * (2 * pairs + 1)) / 24 - ties / 48
  return Math.min(1, 2 * upperTail(Math.abs(slower - mean) / Math.sqrt(variance)))
}
