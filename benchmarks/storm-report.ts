import { median, percentile, ratios } from './statistics.ts'

/** A run during which people logged in; in milliseconds. */
export interface Hit {
  /** Of the checks. */
  readonly latencies: readonly number[]
  /** Of the log-ins that were let in, and of those that were told to come back. */
  readonly letIn: readonly number[]
  readonly surplus: readonly number[]
  readonly seconds: number
}

interface Storm {
  readonly clients: number
  readonly sync: number
  /** Checks in a second. */
  readonly perSecond: number
}

/** @param runs one of each for every round */
export function printStorms(
  name: string,
  { clients, sync, perSecond }: Storm,
  { idle, hit }: { readonly idle: readonly number[][]; readonly hit: readonly Hit[] },
): void {
  const checks = hit.map(({ latencies }) => latencies)
  const against = ratios(p99s(checks), p99s(idle))
  const slow = sync > 0 ? `, each fdatasync takes ${sync} ms more` : ''
  console.log(`
${name}: GET /v1/projects, ${perSecond} requests/s, and ${clients} log-ins at a time${slow}, medians of ${idle.length}

| while | p50, ms | p99, ms | p99 against the first | in each round |
| --- | --- | --- | --- | --- |
| nobody logs in | ${middle(idle, 0.5)} | ${middle(idle, 0.99)} | 1.00 × | ${list(p99s(idle))} ms |
| ${clients} log in | ${middle(checks, 0.5)} | ${middle(checks, 0.99)} | ${median(against).toFixed(2)} × | ${list(against)} |

| what | measured |
| --- | --- |
| Log-ins that were let in | ${rate(hit)} /s, p50 ${of(hit, 'letIn', 0.5)} ms, p99 ${of(hit, 'letIn', 0.99)} ms |
| Told to come back, 503 | ${surplusOf(hit)} |`)
}

function surplusOf(hit: readonly Hit[]): string {
  if (hit.every(({ surplus }) => surplus.length === 0)) return 'nobody'
  const share = (within: number) =>
    median(
      hit.map(({ surplus }) => surplus.filter((each) => each < within).length / surplus.length),
    )
  const soon = `${(share(50) * 100).toFixed(1)} % within 50 ms`
  return `p50 ${of(hit, 'surplus', 0.5)} ms, p99 ${of(hit, 'surplus', 0.99)} ms, ${soon}`
}

function of(hit: readonly Hit[], which: 'letIn' | 'surplus', share: number): string {
  return median(hit.map((each) => percentile(each[which], share))).toFixed(1)
}

function rate(hit: readonly Hit[]): string {
  return median(hit.map(({ letIn, seconds }) => letIn.length / seconds)).toFixed(1)
}

function middle(runs: readonly (readonly number[])[], share: number): string {
  return median(runs.map((run) => percentile(run, share))).toFixed(2)
}

function p99s(runs: readonly (readonly number[])[]): number[] {
  return runs.map((run) => percentile(run, 0.99))
}

function list(figures: readonly number[]): string {
  return figures.map((figure) => figure.toFixed(2)).join(', ')
}
