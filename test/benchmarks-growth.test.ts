// What the bench of growth fills databases with, compares and writes down.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createAuth } from 'latchkey/server'
import { expect, onTestFinished, test } from 'vitest'
import { toSeries, writeFigure } from '../benchmarks/figures.ts'
import { knownPeople } from '../benchmarks/growth/known.ts'
import { inRounds } from '../benchmarks/growth/measured.ts'
import { verdict } from '../benchmarks/growth/report.ts'
import { sqliteEngine } from '../benchmarks/growth/sqlite.ts'
import { emailAddressOf, password } from '../benchmarks/people.ts'
import { temporaryFolder } from './harness.ts'

test('a database is filled with as many sessions as were asked for, and those who are known are let in', async () => {
  const engine = await sqliteEngine(temporaryFolder())
  const { database, store, known, bytes } = await engine.grow(200)
  onTestFinished(() => database.close())
  const auth = createAuth({ store })
  const before = await database.query('SELECT count(*), count(DISTINCT user_id) FROM sessions')
  expect(before).toEqual([[200, 20]])
  expect(bytes).toBeGreaterThan(200 * 100)
  expect(known).toHaveLength(200)
  for (const { credential } of known) {
    const [, , token = ''] = credential.split(' ')
    expect(await auth.authenticate(token)).not.toBeNull()
  }
  const people = knownPeople(200)
  expect(people).toHaveLength(20)
  const [first = 0, last = 0] = [people[0], people.at(-1)]
  for (const person of [first, last]) {
    const loggedIn = await auth.logIn({ emailAddress: emailAddressOf(person), password })
    expect(loggedIn?.user.emailAddress).toBe(emailAddressOf(person))
  }
  const nobody = { emailAddress: emailAddressOf(last + 1), password }
  expect(await auth.logIn(nobody)).toBeNull()
})

test('no use of a session that a database was filled with is written while it is measured', async () => {
  const engine = await sqliteEngine(temporaryFolder())
  const { database, store, known } = await engine.grow(10)
  onTestFinished(() => database.close())
  const hours = (number: number) => number * 3_600_000
  const auth = createAuth({ store, clock: () => new Date(Date.now() + hours(1)) })
  const uses = () => database.query('SELECT token_digest, last_used_at FROM sessions')
  const before = await uses()
  for (const { credential } of known) await auth.authenticate(credential.split(' ').at(-1) ?? '')
  await auth.flush()
  expect(await uses()).toEqual(before)
})

test('each place has one turn in a round, and another is first in the next', async () => {
  const asked: string[] = []
  const said = await inRounds(['few', 'many'], 2, async (place, round) => {
    asked.push(place)
    return `${place} ${round}`
  })
  expect(asked).toEqual(['few', 'many', 'many', 'few'])
  expect(said).toEqual([
    ['few 0', 'few 1'],
    ['many 0', 'many 1'],
  ])
})

test('a verdict compares the most with the fewest, within each round', () => {
  const sizes = [10_000, 100_000, 10_000_000]
  const judge = (judged: 'cost' | 'rate' | 'nothing', last: readonly number[]) =>
    verdict({ what: '', digits: 0, judged, measured: [[10, 20, 40], [], last] }, sizes)
  expect(judge('cost', [12, 24, 48])).toBe(
    'ten million: 1.20 × ten thousand, within the goal of 1.5',
  )
  expect(judge('cost', [17, 34, 400])).toContain('1.70 × ten thousand, within the limit of 2')
  expect(judge('cost', [30, 50, 90])).toContain('2.50 × ten thousand, beyond the limit of 2')
  expect(judge('rate', [6, 12, 24])).toContain('0.60 × ten thousand, within the limit of 1/2')
  expect(judge('rate', [4, 8, 16])).toContain('0.40 × ten thousand, beyond the limit of 1/2')
  expect(judge('nothing', [30, 60, 120])).toBe('ten million: 3.00 × ten thousand')
})

test('figures that are written in parts keep what was there, each point on a line', () => {
  const file = join(temporaryFolder(), 'growth.json')
  const figure = { name: 'growth', unit: 'µs' }
  const write = (...names: string[]) => {
    const series = names.map((name) => toSeries(name, [10, 100], [[1, 3, 2], [4.00049]]))
    writeFigure(file, { ...figure, series })
  }
  writeFigure(file, { ...figure, series: [toSeries('one', [10], [[9]])] })
  write('other')
  write('one')
  const text = readFileSync(file, 'utf8')
  const points = [
    [10, 2],
    [100, 4],
  ]
  const series = ['one', 'other'].map((name) => ({ name, points }))
  expect(JSON.parse(text)).toEqual({ ...figure, series })
  expect(text).toContain('        [100, 4]\n')
})
