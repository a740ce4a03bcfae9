import type { Start } from './cold-start.ts'
import type { Resident } from './resident-memory.ts'
import { median } from './statistics.ts'

/** The measurements of one server. */
export interface Footprint extends Resident {
  readonly name: string
  readonly sessions: number
}

/** The bounds for Latchkey. */
export const bounds = {
  startMilliseconds: 400,
  idleMegabytes: 100,
  /** The memory after the last request, as a multiple of that after the first tenth. */
  growth: 1.1,
  /** The page cache of SQLite, which a small table does not fill. */
  pagesMegabytes: 64,
} as const

export function printStarts(starts: ReadonlyMap<string, readonly Start[]>): void {
  console.log(`
From the start of the process to its first answer, medians of ${[...starts.values()][0]?.length}

| server | ms | its CPU, ms | each start, ms |
| --- | --- | --- | --- |`)
  for (const [name, each] of starts) {
    const walls = each.map(({ wallMilliseconds }) => wallMilliseconds)
    const processor = each.map(({ processorMilliseconds }) => processorMilliseconds)
    const columns = [whole(median(walls)), whole(median(processor)), walls.map(whole).join(', ')]
    console.log(`| ${[name, ...columns].join(' | ')} |`)
  }
}

export function printFootprints(
  all: readonly Footprint[],
  { requests, idleSeconds }: { requests: number; idleSeconds: number },
): void {
  console.log(`
Resident memory, MB

| server | sessions | idle for ${idleSeconds} s | after ${count(requests / 10)} requests | after ${count(requests)} |
| --- | --- | --- | --- | --- |`)
  for (const { name, sessions, idle, afterTenth, afterAll } of all) {
    const columns = [count(sessions), ...[idle, afterTenth, afterAll].map(whole)]
    console.log(`| ${[name, ...columns].join(' | ')} |`)
  }
}

/** Prints one line for each bound. */
export function printVerdicts(
  starts: readonly Start[],
  [few, many]: readonly [few: Footprint, many: Footprint],
): void {
  const start = median(starts.map(({ wallMilliseconds }) => wallMilliseconds))
  const more = many.afterAll - few.afterAll
  const { startMilliseconds, idleMegabytes, growth, pagesMegabytes } = bounds
  console.log(`
| what | measured | bound | |
| --- | --- | --- | --- |
${verdict('Start to first answer', start, startMilliseconds, 'ms')}
${verdict('Resident, idle', few.idle, idleMegabytes, 'MB')}
${verdict('The same with many sessions', many.idle, idleMegabytes, 'MB')}
${verdict('After all requests against after a tenth', few.afterAll / few.afterTenth, growth, '×')}
${verdict('The same with many sessions', many.afterAll / many.afterTenth, growth, '×')}
${verdict('After all requests, many sessions more than few', more, pagesMegabytes, 'MB')}`)
}

function verdict(...[what, measured, bound, unit]: [string, number, number, string]): string {
  const figure = (value: number) => `${unit === '×' ? value.toFixed(2) : whole(value)} ${unit}`
  const holds = measured <= bound ? 'holds' : 'does not hold'
  return `| ${what} | ${figure(measured)} | ${figure(bound)} | ${holds} |`
}

const whole = (value: number) => value.toFixed(0)
const count = (value: number) => value.toLocaleString('en')
