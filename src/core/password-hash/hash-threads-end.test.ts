import { setImmediate as turn } from 'node:timers/promises'
import { beforeEach, expect, test, vi } from 'vitest'
import { hash } from './hash-threads.ts'

/** What was done with the threads, in order. */
const done = vi.hoisted((): string[] => [])

beforeEach(() => {
  done.length = 0
})

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
      if (password === 'uncopied') throw new TypeError('could not be cloned')
      setImmediate(() => {
        // As a thread that has ended: it answers nothing.
        if (this.isDead) return
        if (password === 'stray') this.emit('message', { value: 'of something else' })
        if (password === 'twice') this.emit('message', { number, value: `a ${password}` })
        if (password === 'unread') return this.emit('messageerror', new Error('not readable'))
        if (password !== 'fail') return this.emit('message', { number, value: `a ${password}` })
        this.isDead = true
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
