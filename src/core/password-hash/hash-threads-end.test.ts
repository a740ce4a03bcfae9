import { setImmediate as turn } from 'node:timers/promises'
import { expect, test, vi } from 'vitest'
import { hash } from './hash-threads.ts'

// What becomes of a job is what its password says.
vi.mock(import('node:worker_threads'), async (original) => {
  const { EventEmitter } = await import('node:events')
  class FakeWorker extends EventEmitter {
    isDead = false
    ref() {}
    unref() {}
    async terminate() {}
    postMessage({ password }: { password: string }) {
      setImmediate(() => {
        // As a thread that has ended: it answers nothing.
        if (this.isDead) return
        if (password === 'hash') return this.emit('message', { value: 'a hash' })
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
