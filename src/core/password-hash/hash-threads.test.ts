import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, writeFileSync } from 'node:fs'
import { constants, getPriority } from 'node:os'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { expect, onTestFinished, test, vi } from 'vitest'
import { temporaryFolder } from '../../../test/harness.ts'
import { hash, pbkdf2, scrypt, verify, verifyBcrypt } from './hash-threads.ts'

const lower = constants.priority.PRIORITY_BELOW_NORMAL
// Of the tests of crypt_blowfish.
const bcryptOfUs = '$2a$05$XXXXXXXXXXXXXXXXXXXXXOAcXxm9kjPGEMsLznoKqmqw7tc8WCx4a'
const cheap = { memoryCost: 8, timeCost: 1, parallelism: 1 }

test('a hash is made in a thread, and verified in one', async () => {
  const made = await hash('the right one', cheap)
  expect(made).toMatch(/^\$argon2id\$v=19\$m=8,t=1,p=1\$/)
  expect(await verify(made, 'the right one')).toBe(true)
  expect(await verify(made, 'a wrong one')).toBe(false)
})

test('the threads have a lower priority, and the event loop has its own', async () => {
  await hash('whatever', cheap)
  // As Linux has them: elsewhere a thread has no priority of its own.
  const threads = readdirSync('/proc/self/task').map(Number)
  expect(threads.map((thread) => getPriority(thread))).toContain(lower)
  expect(getPriority(process.pid)).not.toBe(lower)
})

test('in a process of a still lower priority the threads have that one too', async () => {
  const program = `
    import { readdirSync } from 'node:fs'
    import { getPriority, setPriority } from 'node:os'
    const before = getPriority()
    setPriority(15)
    const { hash } = await import(${JSON.stringify(import.meta.resolve('./hash-threads.ts'))})
    await hash('whatever', { memoryCost: 8, timeCost: 1, parallelism: 1 })
    const priorities = readdirSync('/proc/self/task').map((thread) => getPriority(Number(thread)))
    // Node's own threads were there before.
    console.log(Math.min(...priorities.filter((each) => each !== before)))`
  const ran = spawnSync(process.execPath, ['--input-type=module', '--eval', program])
  expect([String(ran.stdout), String(ran.stderr)]).toEqual(['15\n', ''])
})

test('what the library refuses is an error, and the thread goes on', async () => {
  await expect(verify('no hash at all', 'whatever')).rejects.toThrow()
  await expect(hash('whatever', { ...cheap, memoryCost: 1 })).rejects.toThrow()
  expect(await verify(await hash('whatever', cheap), 'whatever')).toBe(true)
})

test('jobs that come together are each answered with their own', async () => {
  const passwords = Array.from({ length: 6 }, (_, index) => `number ${index}`)
  const made = await Promise.all(passwords.map((password) => hash(password, cheap)))
  const verified = await Promise.all(
    made.map((each, index) => verify(each, passwords[index] ?? '')),
  )
  expect(verified).toEqual(passwords.map(() => true))
  expect(new Set(made).size).toBe(6)
})

test('hashes of other systems are verified there too, and their keys made', async () => {
  const using = { salt: Buffer.from('NaCl'), length: 64 }
  expect(await verifyBcrypt(bcryptOfUs, 'U*U*U')).toBe(true)
  expect(await verifyBcrypt(bcryptOfUs, 'U*U*')).toBe(false)
  // RFC 7914 §11 and §12.
  const pbkdf2Key = await pbkdf2('Password', { ...using, iterations: 80_000, digest: 'sha256' })
  expect(Buffer.from(pbkdf2Key).toString('hex')).toMatch(/^4ddcd8f60b98be21830cee5ef22701f9/)
  const scryptKey = await scrypt('password', { ...using, options: { N: 1024, r: 8, p: 16 } })
  expect(Buffer.from(scryptKey).toString('hex')).toMatch(/^fdbabe1c9d3472007856e7190d01e9fe/)
})

test('a thread is sent the salt, and nothing of what lies beside it in memory', async () => {
  const post = vi.spyOn(Worker.prototype, 'postMessage')
  onTestFinished(() => post.mockRestore())
  // A piece of Node's pool, as a salt is that was read from a hash.
  const salt = Buffer.from('NaCl')
  expect(salt.buffer.byteLength).toBeGreaterThan(salt.length)
  await scrypt('password', { salt, length: 64, options: { N: 1024, r: 8, p: 1 } })
  await pbkdf2('password', { salt, length: 64, iterations: 1, digest: 'sha256' })
  const memory = post.mock.calls.map(([{ salt }]) => Buffer.from(salt.buffer).toString())
  expect(memory).toEqual(['NaCl', 'NaCl'])
})

test('under node --watch, where Node speaks through the thread, a hash is made as ever', async () => {
  const folder = temporaryFolder()
  const file = join(folder, 'hash.mjs')
  writeFileSync(
    file,
    `import { hash } from '${new URL('./hash-threads.ts', import.meta.url)}'
    console.log(await hash('whatever', { memoryCost: 8, timeCost: 1, parallelism: 1 }))`,
  )
  const child = spawn(process.execPath, ['--watch', file])
  onTestFinished(() => void child.kill())
  const said = await Promise.race([once(child.stdout, 'data'), once(child.stderr, 'data')])
  expect(String(said)).toContain('$argon2id$')
})

test('a process that is done does not stay for its threads', () => {
  const file = new URL('./hash-threads.ts', import.meta.url)
  const program = `
    const { hash } = await import('${file}')
    console.log(await hash('whatever', { memoryCost: 8, timeCost: 1, parallelism: 1 }))`
  const args = ['--input-type=module', '--eval', program]
  const { status, stdout } = spawnSync(process.execPath, args, {
    encoding: 'utf8',
    timeout: 30_000,
  })
  expect(status).toBe(0)
  expect(stdout).toContain('$argon2id$')
})
