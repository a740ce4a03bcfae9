import { movableClock } from 'latchkey/testing'
import { expect, test } from 'vitest'
import { Polled } from './polled.ts'

interface Question {
  answer(value: string): Promise<void>
  fail(): Promise<void>
}

/** Something that may be ten seconds old, whose answers the test gives. */
function start() {
  const clock = movableClock()
  const questions: Question[] = []
  const read = () =>
    new Promise<string>((resolve, reject) => {
      const settled = () => new Promise<void>((done) => setImmediate(done))
      questions.push({
        answer: (value) => {
          resolve(value)
          return settled()
        },
        fail: () => {
          reject(new Error('away'))
          return settled()
        },
      })
    })
  const polled = new Polled({ read, maximumAgeSeconds: 10, clock, onFailure: () => {} })
  return { clock, polled, questions }
}

test('who comes while an old question is under way is answered by a new one', async () => {
  const { clock, polled, questions } = start()
  const early = polled.fresh()
  clock.advance({ seconds: 10, milliseconds: 1 })
  const late = polled.fresh()
  expect(questions).toHaveLength(1)
  await questions[0]?.answer('old')
  expect(await early).toBe('old')
  await questions[1]?.answer('new')
  expect(await late).toBe('new')
  expect(questions).toHaveLength(2)
})

test('what was waited for is as young as it was when somebody came', async () => {
  const { clock, polled, questions } = start()
  const waiting = polled.fresh()
  clock.advance({ minutes: 1 })
  await questions[0]?.answer('new')
  expect(await waiting).toBe('new')
  expect(polled.last()).toBe('new')
  expect(questions).toHaveLength(2)
})

test('who waited for what failed does not wait again', async () => {
  const { clock, polled, questions } = start()
  const waiting = polled.fresh()
  clock.advance({ seconds: 2 })
  await questions[0]?.fail()
  expect(await waiting).toBeNull()
  expect(questions).toHaveLength(1)
})

test.each([
  [
    'throws',
    () => {
      throw new Error('the log is full')
    },
  ],
  [
    'rejects',
    async () => {
      throw new Error('the log is full')
    },
  ],
  ['never answers', () => new Promise<void>(() => {})],
])('a log that %s when it is told of a failure is no failure more', async (_how, onFailure) => {
  const clock = movableClock()
  let isAway = false
  const read = async () => {
    if (isAway) throw new Error('away')
    return 'good'
  }
  const polled = new Polled({ read, maximumAgeSeconds: 10, clock, onFailure })
  expect(await polled.fresh()).toBe('good')
  isAway = true
  clock.advance({ seconds: 6 })
  // In the background, where nobody waits for the result.
  expect(await polled.fresh()).toBe('good')
  clock.advance({ seconds: 6 })
  expect(await polled.fresh()).toBeNull()
  isAway = false
  clock.advance({ seconds: 2 })
  expect(await polled.fresh()).toBe('good')
})

test('it is away from a failure until the next answer, or for as long as nobody asked', async () => {
  const { clock, polled, questions } = start()
  expect(polled.isAway()).toBe(false)
  const waiting = polled.fresh()
  await questions[0]?.fail()
  expect([await waiting, polled.isAway(), polled.last()]).toEqual([null, true, null])
  clock.advance({ milliseconds: 999 })
  expect(polled.last()).toBeNull()
  expect(questions).toHaveLength(1)
  clock.advance({ milliseconds: 1 })
  expect(polled.last()).toBeNull()
  await questions[1]?.answer('new')
  expect([polled.isAway(), polled.last()]).toEqual([false, 'new'])

  clock.advance({ seconds: 6 })
  polled.last()
  await questions[2]?.fail()
  clock.advance({ seconds: 10 })
  expect(polled.isAway()).toBe(true)
  clock.advance({ milliseconds: 1 })
  expect(polled.isAway()).toBe(false)
})
