import { argon2Sync } from 'node:crypto'
import { availableParallelism } from 'node:os'
import { Worker } from 'node:worker_threads'
import { expect, onTestFinished, test, vi } from 'vitest'
import { cheapHash } from '../../test/harness.ts'
import { argon2id } from './password-hash.ts'
import { Secret } from './secret.ts'

const cost = { memoryKibibytes: 8, passes: 1 }
const password = new Secret('correct horse battery staple')

test('a hash at the default cost is argon2id with 46 MiB, one pass and a 16-byte salt', async () => {
  const hash = await argon2id().hash(password)
  const [, algorithm, version, parameters, salt = '', digest = ''] = hash.split('$')
  expect([algorithm, version, parameters]).toEqual(['argon2id', 'v=19', 'm=47104,t=1,p=1'])
  expect(Buffer.from(salt, 'base64').length).toBe(16)
  expect(Buffer.from(digest, 'base64').length).toBe(32)
  expect(hash).not.toContain(password.reveal())
})

test.each([
  ['the default cost', argon2id()],
  ['another cost', argon2id({ cost: { memoryKibibytes: 64, passes: 3 } })],
])('a hash at %s is the one that another implementation makes of it', async (_cost, own) => {
  for (const text of ['correct horse battery', 'caf\u00e9 \u{1f40e}', 'x'.repeat(256), 'a\0b']) {
    const hash = await own.hash(new Secret(text))
    const numbers = /\$m=(\d+),t=(\d+),p=(\d+)\$/.exec(hash)?.slice(1).map(Number) ?? []
    const [memory = 0, passes = 0, parallelism = 0] = numbers
    const [salt = '', digest = ''] = hash.split('$').slice(4)
    const nonce = Buffer.from(salt, 'base64')
    const cost = { memory, passes, parallelism, tagLength: 32 }
    // OpenSSL's, where ours is written in Rust.
    const made = argon2Sync('argon2id', { message: Buffer.from(text), nonce, ...cost })
    expect(made.toString('base64')).toBe(`${digest}=`)
  }
})

test('a password has another salt and another hash each time', async () => {
  const hashes: string[] = []
  // One after the other: on a machine that is busy with other things the queue refuses some of twenty at once.
  for (let left = 20; left > 0; left--) hashes.push(await cheapHash.hash(password))
  expect(new Set(hashes.map((hash) => hash.split('$')[4])).size).toBe(20)
  expect(new Set(hashes.map((hash) => hash.split('$')[5])).size).toBe(20)
})

test.each([
  ['the same', 'correct horse battery staple', true],
  ['another', 'correct horse battery stable', false],
  ['other capitals', 'Correct horse battery staple', false],
  ['a space after it', 'correct horse battery staple ', false],
  ['a NUL after it', 'correct horse battery staple\0', false],
  ['a beginning of it', 'correct horse battery', false],
  ['nothing', '', false],
])('%s: %j verified against the hash is %s', async (_name, text, matches) => {
  const hash = await cheapHash.hash(password)
  expect(await cheapHash.verify(hash, new Secret(text))).toBe(matches)
})

test.each([72, 73, 128, 255])('a difference after byte %i counts', async (bytes) => {
  const hash = await cheapHash.hash(new Secret(`${'x'.repeat(bytes)}a`))
  expect(await cheapHash.verify(hash, new Secret(`${'x'.repeat(bytes)}b`))).toBe(false)
  expect(await cheapHash.verify(hash, new Secret(`${'x'.repeat(bytes)}a`))).toBe(true)
})

test('a difference after a NUL counts', async () => {
  const hash = await cheapHash.hash(new Secret('before\0after'))
  expect(await cheapHash.verify(hash, new Secret('before\0other'))).toBe(false)
  expect(await cheapHash.verify(hash, new Secret('before\0after'))).toBe(true)
})

test('the hash of nobody is no password’s', async () => {
  expect(await cheapHash.verify(null, password)).toBe(false)
  expect(await cheapHash.verify(null, new Secret(''))).toBe(false)
})

test.each([
  ['of bcrypt', '$2b$10$N9qo8uLOickgx2ZMRZoMyeIjZAgcfl7p92ldGxad68LJZdL17lhWy'],
  ['of scrypt', '$scrypt$ln=15,r=8,p=1$c2FsdHNhbHRzYWx0$aGFzaGhhc2hoYXNoaGFzaGhhc2hoYXNo'],
  ['that is cut off', '$argon2id$v=19$m=8,t=1,p=1$c2FsdHNhbHRzYWx0'],
  ['of no work', '$argon2id$v=19$m=8,t=0,p=1$c2FsdHNhbHRzYWx0$aGFzaGhhc2hoYXNoaGFzaA'],
  ['that is empty', ''],
])('a hash %s is no password’s, and not current', async (_what, hash) => {
  expect(await cheapHash.verify(hash, password)).toBe(false)
  expect(cheapHash.isCurrent(hash)).toBe(false)
})

test('the hash of nobody takes a place in the queue, as every other does', async () => {
  const one = argon2id({ cost, limits: { concurrency: 1, waiting: 0 } })
  const known = await one.hash(password)
  const first = one.verify(null, password)
  const overloaded = { name: 'AuthError', code: 'overloaded' }
  await expect(one.verify(known, password)).rejects.toMatchObject(overloaded)
  await expect(one.verify(null, password)).rejects.toMatchObject(overloaded)
  await expect(one.hash(password)).rejects.toMatchObject(overloaded)
  expect(await first).toBe(false)
  expect(await one.verify(known, password)).toBe(true)
})

test('the hash of nobody costs what is configured', async () => {
  const post = vi.spyOn(Worker.prototype, 'postMessage')
  onTestFinished(() => post.mockRestore())
  await argon2id({ cost: { memoryKibibytes: 64, passes: 3 } }).verify(null, password)
  const [job] = post.mock.calls.flat()
  expect(job.passwordHash).toMatch(/^\$argon2id\$v=19\$m=64,t=3,p=1\$/)
  expect(post).toHaveBeenCalledTimes(1)
})

test.each([
  ['the cost of today', cost, true],
  ['less memory', { ...cost, memoryKibibytes: 16 }, false],
  ['fewer passes', { ...cost, passes: 2 }, false],
])('a hash made at %s is current: %j, %s', async (_name, today, current) => {
  const hash = await argon2id({ cost }).hash(password)
  expect(argon2id({ cost: today }).isCurrent(hash)).toBe(current)
  expect(await argon2id({ cost: today }).verify(hash, password)).toBe(true)
})

test.each([
  ['another kind of argon2', 'argon2id', 'argon2i'],
  ['two lanes', 'p=1', 'p=2'],
])('a hash by %s is not current', async (_what, ours, other) => {
  const hasher = argon2id({ cost: { memoryKibibytes: 16, passes: 1 } })
  const hash = await hasher.hash(password)
  expect(hasher.isCurrent(hash)).toBe(true)
  expect(hasher.isCurrent(hash.replace(ours, other))).toBe(false)
})

test.each([1, 2, 100])(
  'a core stays free where %i processes share the others, and three hashes at once are the most',
  async (processes) => {
    const share = Math.floor((availableParallelism() - 1) / processes)
    const expected = share < 1 ? 1 : share > 3 ? 3 : share
    const shared = argon2id({ cost, processes, limits: { waiting: 0 } })
    const hashed = await Promise.allSettled(Array.from({ length: 9 }, () => shared.hash(password)))
    expect(hashed.filter(({ status }) => status === 'fulfilled')).toHaveLength(expected)
  },
)

test('no more are hashed at once than the limit says, even where another instance has a higher one', async () => {
  const post = vi.spyOn(Worker.prototype, 'postMessage')
  onTestFinished(() => post.mockRestore())
  const most = argon2id({ cost, limits: { concurrency: 4 } })
  const one = argon2id({ cost, limits: { concurrency: 1 } })
  const made = Array.from({ length: 3 }, () => one.hash(password))
  expect(post).toHaveBeenCalledTimes(1)
  await Promise.all(made)
  expect(post).toHaveBeenCalledTimes(3)
  post.mockClear()
  // As many run, and as many are with the threads in advance.
  const more = Array.from({ length: 9 }, () => most.hash(password))
  expect(post).toHaveBeenCalledTimes(8)
  await Promise.all(more)
})

test('where nothing is set thirty-two hashes wait, for two seconds each, and one more is refused', async () => {
  const hasher = argon2id({ cost, processes: 100 })
  const { promise, resolve: end } = Promise.withResolvers<void>()
  const admitted = Array.from({ length: 40 }, (_, index) =>
    hasher.admit?.(`number ${index}`, () => promise),
  )
  end()
  const settled = await Promise.allSettled(admitted)
  expect(settled.filter(({ status }) => status === 'fulfilled')).toHaveLength(1 + 32)

  vi.useFakeTimers()
  onTestFinished(() => void vi.useRealTimers())
  // Another that may run more, so that this one hands none to the threads in advance.
  argon2id({ limits: { concurrency: 4 } })
  const first = hasher.hash(password)
  const second = hasher.hash(password).catch(({ code }) => code)
  vi.advanceTimersByTime(1_999)
  expect(hasher.queue?.waiting).toBe(1)
  vi.advanceTimersByTime(1)
  expect(hasher.queue?.waiting).toBe(0)
  expect(await second).toBe('overloaded')
  await first
})

test('the event loop turns while a password is hashed and verified', async () => {
  const real = argon2id()
  const turn = () => new Promise<string>((resolve) => setImmediate(() => resolve('turned')))
  const hashing = real.hash(password)
  expect(await Promise.race([hashing, turn()])).toBe('turned')
  const verifying = real.verify(await hashing, password)
  expect(await Promise.race([verifying, turn()])).toBe('turned')
  expect(await verifying).toBe(true)
})
