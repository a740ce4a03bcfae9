import { median, ratios } from '../statistics.ts'

/** One figure of databases of several sizes. */
export interface Row {
  readonly what: string
  readonly digits: number
  /** A cost may double, and a rate may halve; other figures are only printed. */
  readonly judged: 'cost' | 'rate' | 'nothing'
  /** For each size, one figure of every round. */
  readonly measured: readonly (readonly number[])[]
}

const limit = 2
const goal = 1.5

/** Prints medians of the rounds; the ratio is taken within each round. */
export function printGrowth(title: string, sizes: readonly number[], rows: readonly Row[]): void {
  const heads = ['what', ...sizes.map((size) => size.toLocaleString('en')), 'what that says']
  console.log(`
${title}

| ${heads.join(' | ')} |
|${' --- |'.repeat(heads.length)}`)
  for (const row of rows) {
    const figures = row.measured.map((runs) => median(runs).toFixed(row.digits))
    console.log(`| ${[row.what, ...figures, verdict(row, sizes)].join(' | ')} |`)
  }
}

/** A sentence that compares the most sessions with the fewest. */
export function verdict({ judged, measured }: Row, sizes: readonly number[]): string {
  const [first = [], last = []] = [measured[0], measured.at(-1)]
  const times = median(ratios(last, first))
  const [few = 0, many = 0] = [sizes[0], sizes.at(-1)]
  const said = `${inWords(many)}: ${times.toFixed(2)} × ${inWords(few)}`
  if (judged === 'nothing') return said
  const worse = judged === 'cost' ? times : 1 / times
  const bound = (of: number) => (judged === 'cost' ? String(of) : `1/${of}`)
  if (worse <= goal) return `${said}, within the goal of ${bound(goal)}`
  if (worse <= limit) return `${said}, within the limit of ${bound(limit)}`
  return `${said}, beyond the limit of ${bound(limit)}`
}

function inWords(size: number): string {
  return words.get(size) ?? size.toLocaleString('en')
}

const words = new Map([
  [1_000, 'a thousand'],
  [10_000, 'ten thousand'],
  [100_000, 'a hundred thousand'],
  [1_000_000, 'a million'],
  [10_000_000, 'ten million'],
  [100_000_000, 'a hundred million'],
])
