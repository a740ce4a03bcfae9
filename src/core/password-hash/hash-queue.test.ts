import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { HashQueue } from './hash-queue.ts'

beforeEach(() => {
  vi.useFakeTimers()
})

afterEach(() => {
  vi.useRealTimers()
})

const limits = { concurrency: 2, waiting: 3, waitMilliseconds: 2_000 }

test('as many run at once as the limit says, as many are started in advance, and one more when one ends', async () => {
  const queue = new HashQueue({ ...limits, waiting: 4 })
  const { begun, start, end } = observe(queue)
  const results = ['a', 'b', 'c', 'd', 'e', 'f'].map(start)
  await settle()
  expect(begun).toEqual(['a', 'b', 'c', 'd'])
  expect([queue.running, queue.waiting]).toEqual([2, 4])
  end('b')
  await settle()
  expect(begun).toEqual(['a', 'b', 'c', 'd', 'e'])
  expect([queue.running, queue.waiting]).toEqual([2, 3])
  end('a')
  await settle()
  expect(begun).toEqual(['a', 'b', 'c', 'd', 'e', 'f'])
  for (const name of ['c', 'd', 'e', 'f']) end(name)
  expect(await Promise.all(results)).toEqual(['a', 'b', 'c', 'd', 'e', 'f'])
  expect([queue.running, queue.waiting]).toEqual([0, 0])
})

test('one that ends before its turn leaves its place to another, and those that run theirs', async () => {
  const queue = new HashQueue({ ...limits, concurrency: 1 })
  const { begun, start, end } = observe(queue)
  const results = ['a', 'b', 'c', 'd'].map(start)
  end('b')
  await settle()
  expect(begun).toEqual(['a', 'b', 'c'])
  expect([queue.running, queue.waiting]).toEqual([1, 2])
  for (const name of ['a', 'c', 'd']) {
    end(name)
    await settle()
  }
  expect(await Promise.all(results)).toEqual(['a', 'b', 'c', 'd'])
  expect([queue.running, queue.waiting]).toEqual([0, 0])
})

test('none is started in advance where it would run beside the one before it', async () => {
  let startsInAdvance = false
  const queue = new HashQueue({ ...limits, concurrency: 1 }, () => startsInAdvance)
  const { begun, start, end } = observe(queue)
  const alone = ['a', 'b'].map(start)
  await settle()
  expect(begun).toEqual(['a'])
  for (const name of ['a', 'b']) {
    end(name)
    await settle()
  }
  await Promise.all(alone)

  // What was in advance when that began to be so is ended first.
  startsInAdvance = true
  const results = ['c', 'd', 'e', 'f'].map(start)
  startsInAdvance = false
  end('c')
  await settle()
  expect(begun).toEqual(['a', 'b', 'c', 'd'])
  expect([queue.running, queue.waiting]).toEqual([1, 2])
  end('d')
  await settle()
  expect(begun).toEqual(['a', 'b', 'c', 'd', 'e'])
  for (const name of ['e', 'f']) {
    end(name)
    await settle()
  }
  expect(await Promise.all(results)).toEqual(['c', 'd', 'e', 'f'])
  expect([queue.running, queue.waiting]).toEqual([0, 0])
})

test('the time of one that was started in advance counts from when the one before it ended', async () => {
  const { begun, start, end } = observe(new HashQueue({ ...limits, concurrency: 1 }))
  const results = ['a', 'b'].map(start)
  vi.advanceTimersByTime(1_600)
  end('a')
  await settle()
  vi.advanceTimersByTime(400)
  end('b')
  await Promise.all(results)
  // A quarter of 1.6 s, and then of 0.4 s: 0.4 s. A third that waits would do so for 0.8 s, within half of two seconds.
  const more = ['c', 'd', 'e'].map(start)
  for (const name of ['c', 'd', 'e']) {
    end(name)
    await settle()
  }
  await Promise.all(more)
  expect(begun).toEqual(['a', 'b', 'c', 'd', 'e'])
})

test('those that wait begin in the order of asking', async () => {
  const { begun, start, end } = observe(new HashQueue({ ...limits, concurrency: 1 }))
  const results = ['a', 'b', 'c', 'd'].map(start)
  for (const [name, latest] of ['ab', 'bc', 'cd', 'dd']) {
    await settle()
    expect(begun.at(-1)).toBe(latest)
    end(`${name}`)
  }
  await Promise.all(results)
  expect(begun).toEqual(['a', 'b', 'c', 'd'])
})

test('one more than may wait is refused at once and never runs', async () => {
  const { begun, start, end } = observe(new HashQueue(limits))
  const accepted = ['a', 'b', 'c', 'd', 'e'].map(start)
  await expect(start('f')).rejects.toMatchObject({ name: 'AuthError', code: 'overloaded' })
  for (const name of ['a', 'b', 'c', 'd', 'e']) {
    end(name)
    await settle()
  }
  await Promise.all(accepted)
  expect(begun).toEqual(['a', 'b', 'c', 'd', 'e'])
})

test('of those that come at once no more begin than have a place, though none has come to its hash', async () => {
  const queue = new HashQueue(limits)
  const gate = Promise.withResolvers<void>()
  const begun: number[] = []
  const all = Array.from({ length: 9 }, (_, index) =>
    queue.admit(`number ${index}`, async () => {
      begun.push(index)
      await gate.promise
    }),
  )
  const settled = Promise.allSettled(all)
  gate.resolve()
  expect((await settled).map(({ status }) => status)).toEqual([
    ...Array(5).fill('fulfilled'),
    ...Array(4).fill('rejected'),
  ])
  expect(begun).toEqual([0, 1, 2, 3, 4])
  expect(await queue.admit('ann', async () => 'let in')).toBe('let in')
})

test('those that come at once for one account have one place', async () => {
  const queue = new HashQueue({ ...limits, concurrency: 1, waiting: 1 })
  const gate = Promise.withResolvers<void>()
  const guesses = Array.from({ length: 9 }, () => queue.admit('ann', () => gate.promise))
  const other = queue.admit('bob', () => gate.promise)
  await expect(queue.admit('eve', () => gate.promise)).rejects.toMatchObject({ code: 'overloaded' })
  gate.resolve()
  await Promise.all([...guesses, other])
  expect(await queue.admit('eve', async () => 'let in')).toBe('let in')
})

test('an account keeps its place until the last of those that came for it has ended', async () => {
  const queue = new HashQueue({ ...limits, concurrency: 1, waiting: 1 })
  const first = Promise.withResolvers<void>()
  const second = Promise.withResolvers<void>()
  const come = (account: string) => queue.admit(account, async () => 'let in')
  const ann = queue.admit('ann', () => first.promise)
  const again = queue.admit('ann', () => second.promise)
  const bob = queue.admit('bob', () => second.promise)
  // There is no room for another account, and there is for one more try at these.
  await expect(come('eve')).rejects.toMatchObject({ code: 'overloaded' })
  expect(await come('bob')).toBe('let in')
  first.resolve()
  await ann
  await expect(come('eve')).rejects.toMatchObject({ code: 'overloaded' })
  second.resolve()
  await Promise.all([again, bob])
  expect(await come('eve')).toBe('let in')
})

test('one that could let nothing run is refused when it is made', () => {
  for (const concurrency of [0, -1, Number.NaN]) {
    expect(() => new HashQueue({ ...limits, concurrency })).toThrow(RangeError)
  }
})

test('work is let in unless its hash would be refused', async () => {
  const queue = new HashQueue({ ...limits, concurrency: 1, waiting: 1 })
  const { start, end } = observe(queue)
  const running = start('a')
  expect(await queue.admit('ann', async () => 'let in')).toBe('let in')
  const waiting = start('b')
  await expect(queue.admit('ann', async () => 'let in')).rejects.toMatchObject({
    code: 'overloaded',
  })
  expect(queue.refused).toBe(1)
  end('a')
  await settle()
  expect(await queue.admit('ann', async () => 'let in')).toBe('let in')
  end('b')
  await Promise.all([running, waiting])
})

test('the queue is free for one more unless that would be refused, or wait behind another that waits', async () => {
  for (const [waiting, isFree, startsInAdvance] of [
    [2, [true, true, false], true],
    [2, [true, true, false], false],
    [0, [true, false], true],
  ] as const) {
    const queue = new HashQueue({ ...limits, concurrency: 1, waiting }, () => startsInAdvance)
    const { start, end } = observe(queue)
    const results: Promise<string>[] = []
    const seen = isFree.map((_, index) => {
      const before = queue.isFree
      if (index < isFree.length - 1) results.push(start(String(index)))
      return before
    })
    expect(seen).toEqual(isFree)
    for (const index of results.keys()) {
      end(String(index))
      await settle()
    }
    await Promise.all(results)
    expect(queue.isFree).toBe(true)
  }
})

test('those that are refused together come back one behind the other, by what a hash takes', async () => {
  const queue = new HashQueue({ concurrency: 2, waiting: 0, waitMilliseconds: 2_000 })
  const { start, end } = observe(queue)
  const seconds = async (count: number) => {
    const refused = await Promise.all(Array.from({ length: count }, () => outcome(start('late'))))
    return refused.map((error) => Object(error).retryAfterSeconds)
  }
  const first = ['a', 'b'].map(start)
  // Nobody knows yet: 50 ms, of which two run at once.
  expect(await seconds(42)).toEqual([1, ...Array(40).fill(2), 3])
  vi.advanceTimersByTime(4_000)
  end('a')
  end('b')
  await Promise.all(first)
  const next = ['c', 'd'].map(start)
  // A quarter, twice, of the four seconds: 1.75 s.
  expect(await seconds(4)).toEqual([1, 2, 3, 4])
  end('c')
  end('d')
  await Promise.all(next)
})

test('whoever would wait in vain, because each takes long of late, is refused at once', async () => {
  const queue = new HashQueue({ ...limits, concurrency: 1 })
  const { begun, start, end } = observe(queue)
  const slow = start('slow')
  vi.advanceTimersByTime(4_800)
  end('slow')
  await slow
  const accepted = ['a', 'b'].map(start)
  await expect(start('c')).rejects.toMatchObject({ code: 'overloaded' })
  await expect(queue.admit('ann', async () => 'let in')).rejects.toMatchObject({
    code: 'overloaded',
  })
  end('a')
  await settle()
  end('b')
  await Promise.all(accepted)
  // Now that they take less.
  const again = ['d', 'e', 'f'].map(start)
  for (const name of ['d', 'e', 'f']) {
    end(name)
    await settle()
  }
  await Promise.all(again)
  expect(begun).toEqual(['slow', 'a', 'b', 'd', 'e', 'f'])
})

test('where two run at a time, whoever waits does so for half of what those before take', async () => {
  const queue = new HashQueue(limits)
  const { begun, start, end } = observe(queue)
  const slow = ['a', 'b'].map(start)
  vi.advanceTimersByTime(2_400)
  end('a')
  end('b')
  await Promise.all(slow)
  // A quarter, twice, of the 2.4 s: 1.05 s each.
  const accepted = ['c', 'd', 'e', 'f'].map(start)
  await expect(start('g')).rejects.toMatchObject({ code: 'overloaded' })
  for (const name of ['c', 'd', 'e', 'f']) {
    end(name)
    await settle()
  }
  await Promise.all(accepted)
  expect(begun).toEqual(['a', 'b', 'c', 'd', 'e', 'f'])
})

test('what hashes took is forgotten ten seconds after the last', async () => {
  const { begun, start, end } = observe(new HashQueue({ ...limits, concurrency: 1 }))
  const slow = start('slow')
  vi.advanceTimersByTime(9_000)
  end('slow')
  await slow
  vi.advanceTimersByTime(10_000)
  const accepted = ['a', 'b', 'c', 'd'].map(start)
  for (const name of ['a', 'b', 'c', 'd']) {
    end(name)
    await settle()
  }
  await Promise.all(accepted)
  expect(begun).toEqual(['slow', 'a', 'b', 'c', 'd'])
})

test('whoever waits, and will not have a turn in time, is told as soon as that is known', async () => {
  const queue = new HashQueue({ ...limits, concurrency: 1 })
  const { begun, start, end } = observe(queue)
  const [slow, a, b, c] = ['slow', 'a', 'b', 'c'].map(start)
  vi.advanceTimersByTime(1_500)
  end('slow')
  await slow
  await expect(c).rejects.toMatchObject({ code: 'overloaded' })
  expect([queue.waiting, queue.refused]).toEqual([1, 1])
  end('a')
  await a
  end('b')
  await b
  // Its own deadline has nobody to refuse any more.
  vi.advanceTimersByTime(5_000)
  expect([queue.running, queue.waiting, queue.refused]).toEqual([0, 0, 1])
  expect(begun).toEqual(['slow', 'a', 'b'])
})

test('of those who wait the last to come is told first that there will be no turn', async () => {
  const { begun, start, end } = observe(new HashQueue({ ...limits, concurrency: 1, waiting: 4 }))
  const [slow, ...others] = ['slow', 'a', 'b', 'c', 'd'].map(start)
  const last = outcome(others.pop() ?? Promise.resolve())
  // A quarter of 1.2 s: three before one end too late for two seconds, and two in time.
  vi.advanceTimersByTime(1_200)
  end('slow')
  await slow
  expect(await last).toMatchObject({ code: 'overloaded' })
  for (const name of ['a', 'b', 'c']) {
    end(name)
    await settle()
  }
  await Promise.all(others)
  expect(begun).toEqual(['slow', 'a', 'b', 'c'])
})

test('one that waited too long is refused, never runs, and makes room for another', async () => {
  const { begun, start, end } = observe(new HashQueue({ ...limits, concurrency: 1, waiting: 2 }))
  const started = ['a', 'b'].map(start)
  const late = outcome(start('late'))
  await vi.advanceTimersByTimeAsync(1_999)
  await expect(start('refused')).rejects.toMatchObject({ code: 'overloaded' })
  await vi.advanceTimersByTimeAsync(1)
  expect(await late).toMatchObject({ name: 'AuthError', code: 'overloaded' })

  const next = start('c')
  for (const name of ['a', 'b', 'c']) {
    end(name)
    await settle()
  }
  expect(await Promise.all([...started, next])).toEqual(['a', 'b', 'c'])
  expect(begun).toEqual(['a', 'b', 'c'])
})

test('one whose turn came in time is not refused later, however long it runs', async () => {
  const { start, end } = observe(new HashQueue({ ...limits, concurrency: 1 }))
  const running = start('a')
  const next = start('b')
  const waited = start('c')
  await vi.advanceTimersByTimeAsync(1_999)
  end('a')
  await running
  expect(vi.getTimerCount()).toBe(0)
  await vi.advanceTimersByTimeAsync(60_000)
  end('b')
  end('c')
  expect(await Promise.all([next, waited])).toEqual(['b', 'c'])
})

test.each([
  ['rejects', () => Promise.reject(new Error('broken'))],
  [
    'throws at once',
    () => {
      throw new Error('broken')
    },
  ],
])('a work that %s tells its caller and frees its place', async (_how, work) => {
  const queue = new HashQueue({ ...limits, concurrency: 1 })
  const broken = outcome(queue.run(work))
  const waited = queue.run(async () => 'next')
  expect(await broken).toMatchObject({ message: 'broken' })
  expect(await waited).toBe('next')
  expect(await queue.run(async () => 'idle again')).toBe('idle again')
})

test('after a storm the queue is as it was', async () => {
  const { begun, start, end } = observe(new HashQueue(limits))
  const storm = Array.from({ length: 100 }, (_, index) => outcome(start(`storm ${index}`)))
  await vi.advanceTimersByTimeAsync(2_000)
  for (let index = 0; index < 4; index++) end(`storm ${index}`)
  const refused = (await Promise.all(storm)).filter((result) => typeof result !== 'string')
  expect(refused.length).toBe(96)

  begun.length = 0
  const results = ['a', 'b', 'c', 'd', 'e'].map(start)
  await settle()
  expect(begun).toEqual(['a', 'b', 'c', 'd'])
  for (const name of begun) end(name)
  await settle()
  end('e')
  expect(await Promise.all(results)).toEqual(['a', 'b', 'c', 'd', 'e'])
})

function observe(queue: HashQueue) {
  const begun: string[] = []
  const ends = new Map<string, () => void>()
  const start = (name: string) =>
    queue.run(() => {
      begun.push(name)
      return new Promise<string>((resolve) => ends.set(name, () => resolve(name)))
    })
  return { begun, start, end: (name: string) => ends.get(name)?.() }
}

function outcome(promise: Promise<unknown>): Promise<unknown> {
  return promise.catch((error: unknown) => error)
}

async function settle(): Promise<void> {
  await vi.advanceTimersByTimeAsync(0)
}
