// npm run bench:pictures: draws each JSON file in figures/ as an SVG picture beside it.
import { readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { draw, type Picture } from './drawing.ts'
import { type Figure, readFigure } from './figures.ts'

const usage = `npm run bench:pictures

Draws figures/*.json, which the benches write where they are told --out, as figures/*.svg.`

const pictures: Readonly<Record<string, (figure: Figure) => Picture>> = {
  growth: (figure) => ({
    title: 'What a check takes among more and more sessions',
    x: {
      title: 'sessions in the database, logarithmic',
      place: (sessions) => sessions,
      ticks: [...new Set(figure.series.flatMap(({ points }) => points.map(([x]) => x)))],
      label: (sessions) => sessions.toLocaleString('en'),
    },
    y: { title: `${figure.unit}, medians`, kind: 'from zero' },
  }),
  storm: (figure) => ({
    title: 'What checks take while nobody logs in, and during a storm of log-ins',
    x: {
      title: 'this share of all checks took less',
      // Each further nine has the same width.
      place: (percentile) => 1 / (1 - percentile / 100),
      ticks: [50, 90, 99, 99.9].filter((tick) => isReached(figure, tick)),
      label: (percentile) => `${percentile} %`,
    },
    y: { title: `${figure.unit}, logarithmic`, kind: 'logarithmic' },
  }),
}

const { values } = parseArgs({ options: { help: { type: 'boolean', default: false } } })
if (values.help) console.log(usage)
else await drawAll(join(import.meta.dirname, 'figures'))

async function drawAll(folder: string): Promise<void> {
  for (const name of readdirSync(folder).filter((each) => each.endsWith('.json'))) {
    const figure = readFigure(join(folder, name))
    const picture = pictures[figure.name]
    if (!picture) throw new Error(`Nobody knows what a picture of ${figure.name} looks like`)
    const file = name.replace(/\.json$/, '.svg')
    writeFileSync(join(folder, file), await draw(figure, picture(figure)))
    console.log(`benchmarks/figures/${file}`)
  }
}

function isReached({ series }: Figure, tick: number): boolean {
  return series.some(({ points }) => points.some(([x]) => x >= tick))
}
