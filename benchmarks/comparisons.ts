// With which server each server of a table is compared, and its bounds.
import { names } from './peers.ts'
import { type Figure, ratio, type Samples } from './samples.ts'
import { atLeast, atMost, type Bound, digits, type Line, noBound, verdictOf } from './verdicts.ts'

interface Comparison {
  readonly ours: string
  readonly theirs: string
  readonly figure: Figure
  readonly bound: Bound
}

/** By server. A server that is not listed is compared with Latchkey, and has no bound. */
type Comparisons = Readonly<Record<string, Comparison>>

const rates = { figure: 'perSecond', bound: noBound } as const
const jwtBound = atLeast(1, { goal: 1.15 })

const mounts: Comparisons = {
  [names.latchkey]: { ...rates, ours: names.latchkey, theirs: names.jwt },
  [names.latchkeyCookie]: { ...rates, ours: names.latchkeyCookie, theirs: names.jwt },
  [names.inFastify]: { ...rates, ours: names.inFastify, theirs: names.jwt },
  [names.inExpress]: { ...rates, ours: names.inExpress, theirs: names.passport },
  [names.inHono]: { ...rates, ours: names.inHono, theirs: names.jwt },
}

export const projectsComparisons: Comparisons = {
  ...mounts,
  [names.latchkey]: { ...rates, ours: names.latchkey, theirs: names.jwt, bound: jwtBound },
  [names.inFastify]: { ...rates, ours: names.inFastify, theirs: names.jwt, bound: atLeast(1.15) },
  [names.inHono]: { ...rates, ours: names.inHono, theirs: names.jwt, bound: jwtBound },
  [names.betterAuth]: {
    ...rates,
    ours: names.latchkey,
    theirs: names.betterAuth,
    bound: atLeast(10),
  },
  [names.nodeHttp]: {
    ours: names.latchkey,
    theirs: names.nodeHttp,
    figure: 'microseconds',
    bound: atMost(1.15),
  },
}

export const sessionComparisons: Comparisons = {
  ...mounts,
  [names.betterAuth]: projectsComparisons[names.betterAuth] ?? against(names.betterAuth),
}

/** Prints a sentence for each server of a table; two that are compared with each other share one. */
export function printSentences(samples: Samples, comparisons: Comparisons): void {
  const known = Object.values(comparisons)
  const isSaid = (name: string) =>
    known.some(({ ours, theirs }) => ours === names.latchkey && theirs === name)
  const others = [...samples.keys()].filter((name) => !comparisons[name] && !isSaid(name))
  const all = [...known, ...others.filter((name) => name !== names.latchkey).map(against)]
  console.log(`\n${all.map((each) => sentence(samples, each)).join('\n')}`)
}

function sentence(samples: Samples, { ours, theirs, figure, bound }: Comparison): string {
  const measured = ratio(samples, [ours, theirs], figure)
  const said =
    figure === 'microseconds'
      ? `takes ${digits(measured)} × the CPU per request of`
      : `answers ${digits(measured)} × the requests of`
  return `- ${ours} ${said} ${theirs}: ${verdictOf({ bound, measured })}.`
}

/** Judges the servers that have a bound. */
export function judge(
  samples: Samples,
  comparisons: Comparisons,
  { asked }: { readonly asked: string },
): Line[] {
  return Object.values(comparisons).map(({ ours, theirs, figure, bound }) => ({
    text: `${ours} against ${theirs}, ${figure === 'microseconds' ? 'CPU per request' : 'requests/s'}, ${asked}`,
    bound,
    measured: ratio(samples, [ours, theirs], figure),
    unit: '×',
  }))
}

function against(name: string): Comparison {
  return { ...rates, ours: names.latchkey, theirs: name }
}
