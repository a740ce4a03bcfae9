// Draws a figure as an SVG picture: lines, each with its name at its end.
import { parse, type Spec, View } from 'vega'
import type { Figure } from './figures.ts'
import { domainOf, placeNames, powersBetween, type ValueAxis } from './value-axis.ts'

export interface Picture {
  readonly title: string
  readonly x: Axis
  readonly y: ValueAxis
}

export interface Axis {
  readonly title: string
  /** The place of a value on the axis is the logarithm of this. */
  readonly place: (value: number) => number
  readonly ticks: readonly number[]
  readonly label: (value: number) => string
}

const [width, height] = [460, 260]
// The points of a line with fewer than these are marked, since nothing was measured in between.
const fewPoints = 10

// Colours that people with colour blindness can tell apart; each also has its own dashes.
const colours = ['#0072b2', '#b84a00', '#00795a', '#444444']
const dashes = [
  [1, 0],
  [8, 3],
  [3, 2],
  [8, 3, 2, 3],
]

/** @returns the SVG, which is the same for the same figure */
export async function draw(figure: Figure, picture: Picture): Promise<string> {
  const view = new View(parse(describe(figure, picture)), { renderer: 'none' })
  const svg = await view.toSVG()
  view.finalize()
  return `${svg}\n`
}

function describe({ series }: Figure, { title, x, y }: Picture): Spec {
  const points = series.flatMap((each) =>
    each.points
      .map(([at, value]) => ({ series: each.name, x: x.place(at), y: value }))
      .filter((point) => Number.isFinite(point.x)),
  )
  const domain = domainOf(
    y,
    points.map((point) => point.y),
  )
  const shown = series.filter((each) => each.points.length < fewPoints).map(({ name }) => name)
  const labels = Object.fromEntries(x.ticks.map((tick) => [x.place(tick), x.label(tick)]))
  const names = series.map(({ name }) => name)
  const stroke = { scale: 'colour', field: 'series' }
  const [xAt, yAt] = [
    { scale: 'x', field: 'x' },
    { scale: 'y', field: 'y' },
  ]
  return {
    width,
    height,
    padding: 14,
    // The page around it may be dark.
    background: 'white',
    title: { text: title, anchor: 'start', offset: 14, fontSize: 14 },
    config: { text: { font }, axis: { labelFont: font, titleFont: font }, title: { font } },
    data: [
      { name: 'points', values: points },
      { name: 'shown', values: points.filter((point) => shown.includes(point.series)) },
      { name: 'ends', values: placeNames(series, { axis: y, domain, height }) },
    ],
    scales: [
      { name: 'x', type: 'log', range: 'width', domain: { data: 'points', field: 'x' } },
      {
        name: 'y',
        type: y.kind === 'from zero' ? 'linear' : 'log',
        range: 'height',
        domain: [...domain],
      },
      { name: 'colour', type: 'ordinal', domain: names, range: colours },
      { name: 'dash', type: 'ordinal', domain: names, range: dashes },
    ],
    axes: [
      {
        scale: 'x',
        orient: 'bottom',
        title: x.title,
        titlePadding: 10,
        values: x.ticks.map(x.place),
        encode: {
          labels: { update: { text: { signal: `${JSON.stringify(labels)}[datum.value]` } } },
        },
      },
      {
        scale: 'y',
        orient: 'left',
        title: y.title,
        titlePadding: 10,
        grid: true,
        gridColor: '#e4e4e4',
        format: ',~r',
        ...(y.kind === 'from zero' ? { tickCount: 6 } : { values: powersBetween(domain) }),
      },
    ],
    marks: [
      {
        type: 'group',
        from: { facet: { name: 'line', data: 'points', groupby: 'series' } },
        marks: [
          {
            type: 'line',
            from: { data: 'line' },
            encode: {
              enter: {
                x: xAt,
                y: yAt,
                stroke,
                strokeWidth: { value: 2.5 },
                strokeDash: { scale: 'dash', field: 'series' },
              },
            },
          },
        ],
      },
      {
        type: 'symbol',
        from: { data: 'shown' },
        encode: { enter: { x: xAt, y: yAt, fill: stroke, size: { value: 40 } } },
      },
      {
        type: 'text',
        from: { data: 'ends' },
        encode: {
          enter: {
            x: { value: width + 10 },
            y: { field: 'pixel' },
            text: { field: 'series' },
            fill: stroke,
            baseline: { value: 'middle' },
            fontSize: { value: 12 },
            fontWeight: { value: 'bold' },
          },
        },
      },
    ],
  }
}

const font = 'system-ui, sans-serif'
