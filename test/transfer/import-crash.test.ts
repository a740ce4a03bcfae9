// An import that is killed in its midst, and a server that goes on beside one.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { createApp } from 'latchkey/server'
import { expect, test } from 'vitest'
import { environment, run } from '../cli/command.ts'
import { bearer, signUpDirectly } from '../harness.ts'
import {
  bcrypt,
  contents,
  nothing,
  otherPassword,
  password,
  prepareTarget,
  summaryOf,
  type Target,
  write,
} from './importing.ts'

const users = 20_000

function writeUsers(target: Target): void {
  const rows = Array.from(
    { length: users },
    (_, index) => `${index},u${index}@example.com,${bcrypt}`,
  )
  write(target, 'users.csv', `id,email_address,password_hash\n${rows.join('\n')}\n`)
}

async function countUsers({ database }: Target): Promise<number> {
  const [row] = await database.query('SELECT CAST(count(*) AS integer) FROM users')
  return Number(row?.[0])
}

async function until(condition: () => Promise<boolean>): Promise<void> {
  while (!(await condition())) await wait(5)
}

function start({ command }: Target) {
  const args = ['import', 'csv', 'users.csv', '--json']
  const options = { cwd: command.folder, env: environment(command) }
  return spawn(join(command.folder, 'latchkey'), args, { ...options, stdio: 'ignore' })
}

test('killed in the midst and run again, everybody is there once', async () => {
  const target = await prepareTarget()
  writeUsers(target)
  const child = start(target)
  await until(async () => (await countUsers(target)) > 0)
  child.kill('SIGKILL')
  await once(child, 'exit')
  const kept = await countUsers(target)
  expect(kept).toBeLessThan(users)
  const line = 'latchkey import csv users.csv --json'
  const summary = await summaryOf(run(target.command, line))
  // A batch that was being committed may have been.
  expect(summary.imported + summary.unchanged).toBe(users)
  expect(summary.unchanged).toBeGreaterThanOrEqual(kept)
  const { users: rows, imported_users: imported } = await contents(target)
  expect([rows?.length, imported?.length]).toEqual([users, users])
  expect(await summaryOf(run(target.command, line))).toEqual({ ...nothing, unchanged: users })
}, 120_000)

test('what a file has before it breaks off is kept, batch by batch', async () => {
  const target = await prepareTarget()
  const rows = Array.from(
    { length: 2_500 },
    (_, index) => `${index},u${index}@example.com,${bcrypt}`,
  )
  write(target, 'users.csv', `id,email_address,password_hash\n${rows.join('\n')}\n"never closed`)
  const { code, stderr } = await run(target.command, 'latchkey import csv users.csv')
  expect([code, stderr]).toEqual([1, expect.stringContaining('Nothing behind it was read')])
  expect(await countUsers(target)).toBe(2_000)
}, 120_000)

test('a server on the same database answers meanwhile, and whoever came in logs in', async () => {
  const target = await prepareTarget()
  writeUsers(target)
  const { auth } = target
  const app = createApp(auth)
  const own = { emailAddress: 'own@example.com', password }
  const { token } = await signUpDirectly(auth, { emailAddress: 'other@example.com', password })
  await auth.createUser(own)
  const child = start(target)
  const exited = once(child, 'exit')
  const statuses = new Map<string, number>()
  const note = (what: string) => statuses.set(what, (statuses.get(what) ?? 0) + 1)
  const logIn = (address: string, text: string) =>
    app.request('/v1/session', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ email_address: address, password: text }),
    })
  while (child.exitCode === null) {
    note(`check ${(await app.request('/v1/session', { headers: bearer(token.reveal()) })).status}`)
    note(`log-in ${(await logIn(own.emailAddress, password)).status}`)
    note(`wrong ${(await logIn(own.emailAddress, otherPassword)).status}`)
    await wait(1)
  }
  expect(await exited).toEqual([0, null])
  expect([...statuses.keys()].sort()).toEqual(['check 200', 'log-in 200', 'wrong 401'])
  expect((await logIn(`u${users - 1}@example.com`, password)).status).toBe(200)
}, 120_000)
