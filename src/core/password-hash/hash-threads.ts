// Not the globals, which an application's tests may fake.
import { clearTimeout, setTimeout } from 'node:timers'
import { type Cost, type HashJob, HashThread, type Pbkdf2, type Scrypt } from './hash-thread.ts'

// Starting a thread takes about 45 ms of processor time, and keeping it about 19 MB.
const idleMilliseconds = 60_000

/**
 * argon2. Like the functions below it runs in threads of our own. Those of libuv have the priority of the event loop:
 * a storm of log-ins would take half of its time, and file reads would have to wait.
 */
export async function hash(password: string, cost: Cost): Promise<string> {
  const value = await run({ kind: 'hash', password, cost })
  if (typeof value === 'string') return value
  throw new TypeError('A thread made no hash')
}

export async function verify(passwordHash: string, password: string): Promise<boolean> {
  return (await run({ kind: 'verify', password, passwordHash })) === true
}

export async function verifyBcrypt(passwordHash: string, password: string): Promise<boolean> {
  return (await run({ kind: 'bcrypt', password, passwordHash })) === true
}

/** A key of this length, by RFC 7914. */
export async function scrypt(password: string, using: Scrypt): Promise<Uint8Array> {
  return toKey(await run({ kind: 'scrypt', password, ...using, salt: alone(using.salt) }))
}

/** A key of this length, by RFC 8018 §5.2. */
export async function pbkdf2(password: string, using: Pbkdf2): Promise<Uint8Array> {
  return toKey(await run({ kind: 'pbkdf2', password, ...using, salt: alone(using.salt) }))
}

// SECURITY: a Buffer may be part of Node's pool, all of which would be copied into the thread, with the data of others.
function alone(bytes: Uint8Array): Uint8Array {
  return Uint8Array.from(bytes)
}

function toKey(value: unknown): Uint8Array {
  if (value instanceof Uint8Array) return value
  throw new TypeError('A thread made no key')
}

const threads = new Set<HashThread>()
let most = 1
let timer: NodeJS.Timeout | undefined

/** Allows so many hashes at once, if no more were allowed before. */
export function allowThreads(count: number): void {
  most = Math.max(most, count)
}

/** How many hashes run at once at most, whoever asks for them. */
export function allowedThreads(): number {
  return most
}

async function run(job: HashJob): Promise<unknown> {
  clearTimeout(timer)
  const thread = leastBusy()
  try {
    return await thread.run(job)
  } finally {
    clearTimeout(timer)
    // The thread must not keep the process alive.
    timer = setTimeout(endIdle, idleMilliseconds).unref()
  }
}

function leastBusy(): HashThread {
  // SECURITY: otherwise a job of a failed thread would keep its place in the queue for ever.
  for (const thread of threads) if (thread.isEnding) threads.delete(thread)
  const [first] = [...threads].toSorted((one, other) => one.jobs - other.jobs)
  if (first && (first.jobs === 0 || threads.size >= most)) return first
  const thread = new HashThread()
  threads.add(thread)
  return thread
}

function endIdle(): void {
  for (const thread of threads) if (thread.jobs === 0) thread.end()
}
