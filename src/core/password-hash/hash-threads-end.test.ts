import { setImmediate as turn } from 'node:timers/promises'
import { beforeEach, expect, test, vi } from 'vitest'
import { allowThreads, hash } from './hash-threads.ts'

/** What was done with the threads, in order. */
const done = vi.hoisted((): string[] => [])

/** The passwords that each thread was given. */
const given = vi.hoisted(() => new Map<object, string[]>())

beforeEach(() => {
  done.length = 0
  given.clear()
})

/** What answers the jobs that take long. */
const held = vi.hoisted((): (() => void)[] => [])

/** The timers that were set and not cleared. */
const timers = vi.hoisted(() => new Map<object, { milliseconds: number; end: () => void }>())

vi.mock(import('node:timers'), async (original) => ({
  ...(await original()),
  setTimeout: ((end: () => void, milliseconds: number) => {
    const timer = { unref: () => timer }
    timers.set(timer, { milliseconds, end })
    return timer
  }) as never,
  clearTimeout: ((timer: object) => void timers.delete(timer)) as never,
}))

// What becomes of a job is what its password says.
vi.mock(import('node:worker_threads'), async (original) => {
  const { EventEmitter } = await import('node:events')
  class FakeWorker extends EventEmitter {
    isDead = false
    ref() {
      done.push('ref')
    }
    unref() {
      done.push('unref')
    }
    async terminate() {
      done.push('terminate')
    }
    postMessage({ password, number }: { password: string; number: number }) {
      given.set(this, [...(given.get(this) ?? []), password])
      if (password === 'uncopied') throw new TypeError('could not be cloned')
      const answer = () => this.emit('message', { number, value: `a ${password}` })
      if (password === 'long') return held.push(answer)
      setImmediate(() => {
        // As a thread that has ended: it answers nothing.
        if (this.isDead) return
        if (password === 'stray') this.emit('message', { value: 'of something else' })
        if (password === 'twice') answer()
        if (password === 'unread') return this.emit('messageerror', new Error('not readable'))
        if (password !== 'fail' && password !== 'end') return answer()
        this.isDead = true
        if (password === 'end') return this.emit('exit', 0)
        // In the order in which Node has them.
        this.emit('error', new Error('too many open files'))
        setImmediate(() => this.emit('exit', 1))
      })
    }
  }
  return { ...(await original()), Worker: FakeWorker as never }
})

const cost = { memoryCost: 8, timeCost: 1, parallelism: 1 }

test('after a thread that failed comes another, and its job is not lost', async () => {
  expect(await hash('hash', cost)).toBe('a hash')
  await expect(hash('fail', cost)).rejects.toThrow('too many open files')
  expect(await hash('hash', cost)).toBe('a hash')
  await expect(hash('fail', cost)).rejects.toThrow('too many open files')
  // Behind its end, too.
  await turn()
  await turn()
  expect(await hash('hash', cost)).toBe('a hash')
})

test('those that were given to a thread that fails are told, and nobody waits for ever', async () => {
  const together = await Promise.allSettled(
    ['fail', 'hash', 'hash'].map((each) => hash(each, cost)),
  )
  expect(together.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected'])
  expect(await hash('hash', cost)).toBe('a hash')
})

test('a job of a thread that ends without saying why is not waited for', async () => {
  await expect(hash('end', cost)).rejects.toThrow('A thread that hashes has ended')
  expect(await hash('hash', cost)).toBe('a hash')
})

test.each([
  ['a message that is none', 'stray'],
  ['an answer that comes twice', 'twice'],
])('%s does not become the answer to another', async (_what, odd) => {
  const jobs = [odd, 'first', 'second'].map((each) => hash(each, cost))
  expect(await Promise.all(jobs)).toEqual([`a ${odd}`, 'a first', 'a second'])
})

test('a job that cannot be sent is an error, takes no answer and keeps no process alive', async () => {
  await hash('hash', cost)
  done.length = 0
  await expect(hash('uncopied', cost)).rejects.toThrow('could not be cloned')
  expect(done).toEqual([])
  expect(await hash('hash', cost)).toBe('a hash')
  expect(done).toEqual(['ref', 'unref'])
})

test('a thread whose answer cannot be read is ended, since another takes its place', async () => {
  await expect(hash('unread', cost)).rejects.toThrow('not readable')
  expect(done).toContain('terminate')
  expect(await hash('hash', cost)).toBe('a hash')
})

test('a thread keeps the process alive until it has no job left', async () => {
  const [first, second] = ['first', 'second'].map((each) => hash(each, cost))
  await first
  expect(done).toEqual(['ref', 'ref'])
  await second
  expect(done).toEqual(['ref', 'ref', 'unref'])
})

// From here on there are three threads: what is allowed stays so.
test('as many threads as are allowed are begun, and each job goes to the one that has least to do', async () => {
  for (const count of [1, 3, 2]) allowThreads(count)
  const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g']
  await Promise.all(names.map((each) => hash(each, cost)))
  expect([...given.values()]).toEqual([
    ['a', 'd', 'g'],
    ['b', 'e'],
    ['c', 'f'],
  ])
  given.clear()
  await hash('later', cost)
  expect([...given.values()]).toEqual([['later']])
})

test('threads end a minute after the last job, those that have one stay, and a job begins that minute anew', async () => {
  allowThreads(3)
  const long = hash('long', cost)
  expect(timers.size).toBe(0)
  await Promise.all(['quick', 'quicker'].map((each) => hash(each, cost)))
  const [{ milliseconds, end } = { milliseconds: 0, end() {} }] = timers.values()
  expect([timers.size, milliseconds]).toEqual([1, 60_000])
  done.length = 0
  end()
  expect(done).toEqual(['terminate', 'terminate'])
  held.pop()?.()
  expect(await long).toBe('a long')
  await hash('later', cost)
  expect(given.size).toBe(3)
  expect(timers.size).toBe(1)
})
