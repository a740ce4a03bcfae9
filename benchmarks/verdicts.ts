// Bounds, measured figures, and whether the figures are within the bounds.

export type Bound =
  | { readonly kind: 'at least' | 'at most'; readonly limit: number; readonly goal: number | null }
  | { readonly kind: 'none' }

/** A figure that is judged. */
export interface Line {
  readonly text: string
  readonly bound: Bound
  readonly measured: number
  /** The unit of the figures: `×`, `/s`, … */
  readonly unit: string
}

export const noBound: Bound = { kind: 'none' }

export function atLeast(limit: number, { goal = null }: { goal?: number | null } = {}): Bound {
  return { kind: 'at least', limit, goal }
}

export function atMost(limit: number): Bound {
  return { kind: 'at most', limit, goal: null }
}

/** As in `the bound 1 holds, the goal 1.15 does not hold`. */
export function verdictOf({ bound, measured }: Pick<Line, 'bound' | 'measured'>): string {
  if (bound.kind === 'none') return 'no bound is set'
  const { limit, goal } = bound
  const limits =
    goal === null
      ? [['bound', limit] as const]
      : [['bound', limit] as const, ['goal', goal] as const]
  return limits
    .map(
      ([what, value]) =>
        `the ${what} ${value} ${holds(bound.kind, { measured, value }) ? 'holds' : 'does not hold'}`,
    )
    .join(', ')
}

function holds(
  kind: 'at least' | 'at most',
  { measured, value }: { readonly measured: number; readonly value: number },
): boolean {
  // A figure that was not measured does not hold.
  return kind === 'at least' ? measured >= value : measured <= value
}

/** Prints all judged figures in one table; those without a bound are left out. */
export function printVerdicts(lines: readonly Line[]): void {
  console.log(`
| what is wanted | bound | measured | verdict |
| --- | --- | --- | --- |`)
  for (const { text, bound, measured, unit } of lines) {
    if (bound.kind === 'none') continue
    const wanted = `${bound.kind === 'at least' ? '≥' : '≤'} ${bound.limit} ${unit}`
    const figure = Number.isNaN(measured) ? 'not measured' : `${digits(measured)} ${unit}`
    console.log(`| ${[text, wanted, figure, verdictOf({ bound, measured })].join(' | ')} |`)
  }
}

/** A figure with three decimal places for a ratio, and none for thousands. */
export function digits(figure: number): string {
  return figure.toFixed(figure >= 100 ? 0 : figure >= 10 ? 1 : 3)
}
