// The simulation of docs/scaling.md: what it says has to follow from its figures.
import { expect, test } from 'vitest'
import { Agenda } from '../benchmarks/simulation/agenda.ts'
import { Cores } from '../benchmarks/simulation/cores.ts'
import { indexDepth, lastUsesPerSecond } from '../benchmarks/simulation/database.ts'
import type { Figures } from '../benchmarks/simulation/figures.ts'
import { seeded } from '../benchmarks/simulation/random.ts'
import { type Scenario, simulate } from '../benchmarks/simulation/run.ts'

test('the same figures give the same simulation', () => {
  expect(simulate(figures, busy)).toEqual(simulate(figures, busy))
})

test('what comes when it comes waits for a core as long as theory says', () => {
  const agenda = new Agenda()
  const [core, random] = [new Cores(agenda, 1), seeded(1)]
  const waits: number[] = []
  const arrive = () => {
    const at = agenda.now
    core.do(800, () => waits.push((agenda.now - at) * 1_000_000 - 800))
    agenda.after(random.secondsBetween(1_000), arrive)
  }
  arrive()
  agenda.runUntil(600)
  // Pollaczek and Khinchine: at a use of 0.8, twice what one takes.
  const mean = waits.reduce((sum, each) => sum + each, 0) / waits.length
  expect(mean / 800).toBeGreaterThan(1.9)
  expect(mean / 800).toBeLessThan(2.1)
})

test('what can wait is done when nothing else waits', () => {
  const agenda = new Agenda()
  const core = new Cores(agenda, 1)
  const done: string[] = []
  core.do(10, () => done.push('first'))
  core.doLast(10, () => done.push('patient'))
  core.do(10, () => done.push('second'))
  agenda.runUntil(1)
  expect(done).toEqual(['first', 'second', 'patient'])
  expect(core.microseconds).toBe(30)
})

test('a process is as busy as its checks and its log-ins are long', () => {
  const { processUse, databaseUse, refused, lost } = simulate(figures, busy)
  // 10,000 checks of 100 µs and 20 log-ins of 10 ms, on two cores.
  expect(processUse).toBeCloseTo(0.6, 1)
  expect(databaseUse).toBeGreaterThan(0.4)
  expect([refused, lost]).toEqual([0, 0])
})

test('more log-ins than can be hashed are refused, and checks go on', () => {
  const { refused, p50 } = simulate(figures, { ...busy, logInsPerSecond: 400 })
  expect(refused).toBeGreaterThan(0)
  expect(p50).toBeLessThan(simulate(figures, { ...busy, checksPerSecond: 21_000 }).p50)
})

test('where a process dies, what it had begun is lost, and the others do its work', () => {
  const calm = { ...busy, checksPerSecond: 4_000, logInsPerSecond: 0 }
  const [before, after] = [simulate(figures, calm), simulate(figures, { ...calm, dying: 1 })]
  expect(after.processUse / before.processUse).toBeCloseTo(2, 1)
  expect(before.lost).toBe(0)
  expect(simulate(figures, { ...busy, checksPerSecond: 19_000, dying: 1 }).lost).toBeGreaterThan(0)
})

test('a use is written once in five minutes, or at each check where those are rarer', () => {
  // One check a second each: the first after five minutes.
  expect(lastUsesPerSecond(1_000, 1_000)).toBeCloseTo(1_000 / 301, 6)
  // One check a month each.
  expect(lastUsesPerSecond(1, 2_592_000) / 1).toBeCloseTo(1, 3)
})

test('an index is as deep as its pages are wide', () => {
  expect([1, 1_000, 1e7, 1e8].map(indexDepth)).toEqual([1, 2, 4, 4])
})

const figures: Figures = {
  measured: 'nowhere',
  check: { nodeMicroseconds: 100, databaseMicroseconds: 40 },
  logIn: { nodeMicroseconds: 10_000, databaseMicroseconds: 1_000 },
  hash: { microseconds: 9_000 },
  lastUses: { rows: 50, databaseMicroseconds: 1_000 },
  mail: { databaseMicroseconds: 0 },
  swept: { databaseMicroseconds: 0 },
  pause: { microseconds: 1_000, everyChecks: 1_000 },
  sessionBytes: 330,
  cases: [],
}

const busy: Scenario = {
  processes: 2,
  databaseCores: 1,
  checksPerSecond: 10_000,
  logInsPerSecond: 20,
  activeSessions: 100_000,
  arrivals: 'poisson',
  dying: 0,
}
