// The axis of the measured values, and the places of the names of lines beside it.
import type { Series } from './figures.ts'

export interface ValueAxis {
  readonly title: string
  readonly kind: 'from zero' | 'logarithmic'
}

export type Domain = readonly [low: number, high: number]

/** From zero to a little above the greatest value, or from one power of ten to another. */
export function domainOf({ kind }: ValueAxis, values: readonly number[]): Domain {
  if (kind === 'from zero') return [0, Math.max(...values) * 1.1]
  const exponents = values.map(Math.log10)
  return [10 ** Math.floor(Math.min(...exponents)), 10 ** Math.ceil(Math.max(...exponents))]
}

export function powersBetween([low, high]: Domain): number[] {
  const [from, to] = [Math.round(Math.log10(low)), Math.round(Math.log10(high))]
  return Array.from({ length: to - from + 1 }, (_, index) => 10 ** (from + index))
}

/** The name of a line, and its distance from the top. */
interface End {
  readonly series: string
  readonly pixel: number
}

interface Place {
  readonly axis: ValueAxis
  readonly domain: Domain
  readonly height: number
}

const lineHeight = 15

/** Places the names beside the ends of the lines, so that they do not overlap. */
export function placeNames(series: readonly Series[], { axis, domain, height }: Place): End[] {
  const ends = series.map(({ name, points }) => ({
    series: name,
    pixel: height * (1 - shareOf(points.at(-1)?.[1] ?? 0, axis, domain)),
  }))
  let lowest = Number.NEGATIVE_INFINITY
  return ends
    .toSorted((one, other) => one.pixel - other.pixel)
    .map((end) => {
      lowest = Math.max(end.pixel, lowest + lineHeight)
      return { ...end, pixel: Math.round(lowest) }
    })
}

function shareOf(value: number, { kind }: ValueAxis, [low, high]: Domain): number {
  if (kind === 'from zero') return value / high
  return Math.log(value / low) / Math.log(high / low)
}
