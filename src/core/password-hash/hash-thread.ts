import type { ScryptOptions } from 'node:crypto'
import { createRequire } from 'node:module'
import { Worker } from 'node:worker_threads'

/** The cost of a hash, with the names of the library. */
export interface Cost {
  readonly memoryCost: number
  readonly timeCost: number
  readonly parallelism: number
}

/** What a key of another system is derived from, besides the password. */
interface Derivation {
  readonly salt: Uint8Array
  /** The length of the key in bytes. */
  readonly length: number
}

export interface Scrypt extends Derivation {
  readonly options: ScryptOptions
}

export interface Pbkdf2 extends Derivation {
  readonly iterations: number
  readonly digest: string
}

/** A job for a thread, by kind. */
export type HashJob = { readonly password: string } & (
  | { readonly kind: 'hash'; readonly cost: Cost }
  | { readonly kind: 'verify' | 'bcrypt'; readonly passwordHash: string }
  | ({ readonly kind: 'scrypt' } & Scrypt)
  | ({ readonly kind: 'pbkdf2' } & Pbkdf2)
)

/** The result of a job: a hash, a key, or whether the password matched. */
type Outcome = { readonly value: unknown } | { readonly error: unknown }

type Answer = Outcome & { readonly number: number }

// In a string, so that bundlers and compilers cannot lose it.
const program = `
const { pbkdf2Sync, scryptSync } = require('node:crypto')
const { parentPort, workerData } = require('node:worker_threads')
const { constants, getPriority, setPriority } = require('node:os')
const argon2 = require(workerData.argon2)
// On Linux this affects only this thread: checking tokens comes before log-ins, even on a machine with one core. Not
// the lowest priority: even if checks could use all of the core, a tenth is left for log-ins. Never a higher one than
// the process has, which the system might not allow.
if (process.platform === 'linux') {
  setPriority(Math.max(getPriority(), constants.priority.PRIORITY_BELOW_NORMAL))
}
const kinds = {
  hash: ({ password, cost }) => argon2.hashSync(password, cost),
  verify: ({ password, passwordHash }) => argon2.verifySync(passwordHash, password),
  // Loaded only if there are imported users with such hashes.
  bcrypt: ({ password, passwordHash }) => require(workerData.bcrypt).verifySync(password, passwordHash),
  scrypt: ({ password, salt, length, options }) => scryptSync(password, salt, length, options),
  pbkdf2: ({ password, salt, length, iterations, digest }) =>
    pbkdf2Sync(password, salt, iterations, length, digest)
}
parentPort.on('message', ({ number, ...job }) => {
  try {
    parentPort.postMessage({ number, value: kinds[job.kind](job) })
  } catch (error) {
    parentPort.postMessage({ number, error })
  }
})`

const { resolve: find } = createRequire(import.meta.url)
const libraries = { argon2: find('@node-rs/argon2'), bcrypt: find('@node-rs/bcrypt') }

function isAnswer(message: unknown): message is Answer {
  return typeof Object(message).number === 'number'
}

/** A thread that does one job after the other. */
export class HashThread {
  /** Whether it has failed or was ended, and gets no more jobs. */
  isEnding = false
  readonly #worker = new Worker(program, { eval: true, execArgv: [], workerData: libraries })
  // SECURITY: by number, and not in the order of asking. If a single answer were lost, or one came that nobody asked
  // for, everybody would be told from then on whether the password of somebody else was right.
  readonly #jobs = new Map<number, (outcome: Outcome) => void>()
  #latest = 0

  constructor() {
    this.#worker.on('message', (message: unknown) => {
      // Under `node --watch` Node itself reports here what the thread has loaded.
      if (isAnswer(message)) this.#settle(message)
    })
    this.#worker.on('messageerror', (error) => this.#fail(error))
    this.#worker.on('error', (error) => this.#fail(error))
    this.#worker.on('exit', () => this.#fail(new Error('A thread that hashes has ended')))
  }

  /** How many jobs it has not finished. */
  get jobs(): number {
    return this.#jobs.size
  }

  async run(job: HashJob): Promise<unknown> {
    const { promise, resolve } = Promise.withResolvers<Outcome>()
    const number = ++this.#latest
    this.#worker.postMessage({ ...job, number })
    this.#jobs.set(number, resolve)
    this.#worker.ref()
    const outcome = await promise
    // The others that it has keep the process alive.
    if (this.#jobs.size === 0) this.#worker.unref()
    if ('error' in outcome) throw outcome.error
    return outcome.value
  }

  end(): void {
    this.isEnding = true
    void this.#worker.terminate()
  }

  #settle({ number, ...outcome }: Answer): void {
    const settle = this.#jobs.get(number)
    this.#jobs.delete(number)
    settle?.(outcome)
  }

  #fail(error: unknown): void {
    // A thread whose answer could not be read is alive, and would go on beside the one that takes its place.
    this.end()
    for (const settle of this.#jobs.values()) settle({ error })
    this.#jobs.clear()
  }
}
