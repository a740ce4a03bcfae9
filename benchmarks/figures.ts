// The data of a picture: a JSON file that a bench has written.
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { median } from './statistics.ts'

export interface Figure {
  /** The name of the picture. */
  readonly name: string
  /** The unit of the second number of each point. */
  readonly unit: string
  readonly series: readonly Series[]
}

export interface Series {
  readonly name: string
  readonly points: readonly Point[]
}

export type Point = readonly [x: number, y: number]

export function readFigure(file: string): Figure {
  return JSON.parse(readFileSync(file, 'utf8')) as Figure
}

/** Writes a figure. Series with other names stay in the file, in their order, so that a bench may write it in parts. */
export function writeFigure(file: string, figure: Figure): void {
  const before = existsSync(file) ? readFigure(file).series : []
  const isNew = ({ name }: Series) => before.every((series) => series.name !== name)
  const replaced = before.map(
    (series) => figure.series.find(({ name }) => name === series.name) ?? series,
  )
  const series = [...replaced, ...figure.series.filter(isNew)]
  const text = JSON.stringify({ ...figure, series }, null, 2)
  // Each point has its own line, so that a diff shows the changed ones.
  writeFileSync(file, `${text.replace(/\[\s+([-\d.e+]+),\s+([-\d.e+]+)\s+\]/g, '[$1, $2]')}\n`)
}

/** The medians of the measurements at each place of the first axis. */
export function toSeries(
  name: string,
  places: readonly number[],
  measured: readonly (readonly number[])[],
): Series {
  const points = places.map((place, index): Point => {
    return [place, Number(median(measured[index] ?? []).toPrecision(4))]
  })
  return { name, points }
}
