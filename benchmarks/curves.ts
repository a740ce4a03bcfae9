// The data of a picture with percentiles.
import { writeFileSync } from 'node:fs'
import { median, valueAt } from './statistics.ts'

/** The lines of one picture; a point is a percentile with its milliseconds. */
export interface Curves {
  readonly name: string
  readonly unit: 'ms'
  readonly series: readonly Curve[]
}

interface Curve {
  readonly name: string
  readonly points: readonly (readonly [percentile: number, milliseconds: number])[]
}

const percentiles = [...Array.from({ length: 99 }, (_, index) => index + 1), 99.5, 99.9]

/** @param runs the latencies of each run; a point is the median of the runs */
export function curve(name: string, runs: readonly (readonly number[])[]): Curve {
  // Sorted once for all points.
  const sorted = runs.map((run) => Float64Array.from(run).sort())
  return { name, points: percentiles.map((of) => [of, medianOf(sorted, of / 100)]) }
}

function medianOf(runs: readonly Float64Array[], share: number): number {
  return Number(median(runs.map((run) => valueAt(run, share))).toFixed(3))
}

export function writeCurves(file: string, curves: Curves): void {
  writeFileSync(file, `${JSON.stringify(curves)}\n`)
}
