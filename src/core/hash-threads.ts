import { createRequire } from 'node:module'
// Not the global ones: tests of an application move them.
import { clearTimeout, setTimeout } from 'node:timers'
import { Worker } from 'node:worker_threads'

/** What a hash costs, in the words of the library. */
interface Cost {
  readonly memoryCost: number
  readonly timeCost: number
  readonly parallelism: number
}

type Job =
  | { readonly kind: 'hash'; readonly password: string; readonly cost: Cost }
  | { readonly kind: 'verify'; readonly password: string; readonly passwordHash: string }

/** What came of a job: a hash, or whether it was the password's. */
type Outcome = { readonly value: string | boolean } | { readonly error: unknown }

// To start one takes some 45 ms of processor time, and while it lives it takes some 19 MB.
const idleMilliseconds = 60_000

// In one text, which a bundler or a compiler cannot lose.
const program = `
const { parentPort, workerData } = require('node:worker_threads')
const { constants, setPriority } = require('node:os')
const { hashSync, verifySync } = require(workerData)
// On Linux of this thread alone: who holds a token comes before who logs in, also on a machine with one core.
// Not the lowest: where checks take all of it, a tenth is left for those who log in.
if (process.platform === 'linux') setPriority(constants.priority.PRIORITY_BELOW_NORMAL)
parentPort.on('message', ({ kind, password, cost, passwordHash }) => {
  try {
    const value = kind === 'hash' ? hashSync(password, cost) : verifySync(passwordHash, password)
    parentPort.postMessage({ value })
  } catch (error) {
    parentPort.postMessage({ error })
  }
})`

const library = createRequire(import.meta.url).resolve('@node-rs/argon2')

/**
 * argon2, in threads of its own and not in libuv's: those have the priority of the event loop, which a
 * storm of log-ins would take every other turn from, and whoever reads a file waits for them.
 */
export async function hash(password: string, cost: Cost): Promise<string> {
  const value = await run({ kind: 'hash', password, cost })
  if (typeof value === 'string') return value
  throw new TypeError('A thread made no hash')
}

export async function verify(passwordHash: string, password: string): Promise<boolean> {
  return (await run({ kind: 'verify', password, passwordHash })) === true
}

// As many as there ever were jobs at a time, which is for the queue in front to say.
const idle = new Set<HashThread>()
let timer: NodeJS.Timeout | undefined

async function run(job: Job): Promise<string | boolean> {
  clearTimeout(timer)
  const [thread = new HashThread()] = idle
  idle.delete(thread)
  try {
    return await thread.run(job)
  } finally {
    // SECURITY: one that is ending would keep the next job, and its place in the queue, for ever.
    if (!thread.isEnding) idle.add(thread)
    // No reason for a process to stay.
    timer = setTimeout(endIdle, idleMilliseconds).unref()
  }
}

function endIdle(): void {
  for (const thread of idle) thread.end()
  idle.clear()
}

function isOutcome(message: unknown): message is Outcome {
  return 'value' in Object(message) || 'error' in Object(message)
}

/** A thread that does one job at a time. */
class HashThread {
  isEnding = false
  readonly #worker = new Worker(program, { eval: true, execArgv: [], workerData: library })
  #settle: (outcome: Outcome) => void = () => {}

  constructor() {
    this.#worker.on('message', (message: unknown) => {
      // Under `node --watch` Node itself says here what the thread has loaded.
      if (isOutcome(message)) this.#settle(message)
    })
    this.#worker.on('messageerror', (error) => this.#fail(error))
    this.#worker.on('error', (error) => this.#fail(error))
    this.#worker.on('exit', () => this.#fail(new Error('A thread that hashes has ended')))
  }

  async run(job: Job): Promise<string | boolean> {
    const { promise, resolve } = Promise.withResolvers<Outcome>()
    this.#settle = resolve
    this.#worker.ref()
    this.#worker.postMessage(job)
    const outcome = await promise
    this.#worker.unref()
    if ('error' in outcome) throw outcome.error
    return outcome.value
  }

  end(): void {
    this.isEnding = true
    void this.#worker.terminate()
  }

  // It may have failed while nobody waited for it.
  #fail(error: unknown): void {
    this.isEnding = true
    idle.delete(this)
    this.#settle({ error })
  }
}
