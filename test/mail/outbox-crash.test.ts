// kill -9 at every step between the row and the mail: no mail is lost, and none comes three times.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createAuth, createStore, migrate } from 'latchkey/server'
import { smtp } from 'latchkey/smtp'
import { openSqlite, sqliteMigrations } from 'latchkey/sqlite'
import { expect, onTestFinished, test } from 'vitest'
import { cheapHash, temporaryFolder } from '../harness.ts'
import { silentOutbox, tokenIn } from './outbox-harness.ts'
import { parseMail } from './parsed-mail.ts'
import { startMailServer } from './smtp-harness.ts'

const password = 'correct horse battery'
const emailAddress = 'ann@example.com'

async function startCrashing() {
  const file = join(temporaryFolder(), 'test.sqlite3')
  const database = await openSqlite(file)
  onTestFinished(() => database.close())
  await migrate(database, [sqliteMigrations])
  const clock = () => new Date(Date.now() + 120_000)
  const store = createStore(database)
  await createAuth({ store, passwordHash: cheapHash }).signUp({ emailAddress, password })
  await createAuth({ store }).requestPasswordReset(emailAddress)
  const auth = createAuth({ store, clock, passwordHash: cheapHash })
  const mailServer = await startMailServer()
  const spawnWorker = (fatal: string) => {
    const worker = new URL('./outbox-worker.ts', import.meta.url).pathname
    const args = ['--conditions=source', worker, file, mailServer.url, fatal]
    const child = spawn(process.execPath, args, { stdio: 'ignore' })
    onTestFinished(() => void child.kill('SIGKILL'))
    return child
  }
  return { auth, mailServer, spawnWorker, store }
}

type Crashing = Awaited<ReturnType<typeof startCrashing>>

/** What arrived in all, once another worker has come two minutes later. */
async function recover({ auth, mailServer, store }: Crashing): Promise<number> {
  mailServer.sabotage = null
  await silentOutbox(auth, smtp({ url: mailServer.url })).deliverDue()
  expect(await store.listMessages('queued', { limit: 10 })).toEqual([])
  expect(await store.listMessages('failed', { limit: 10 })).toEqual([])
  const newest = parseMail(mailServer.received.at(-1)?.raw ?? '')
  expect(await auth.resetPassword(tokenIn(newest), 'another horse battery')).not.toBeNull()
  return mailServer.received.length
}

async function died(child: ChildProcess): Promise<void> {
  const [code, signal] = await once(child, 'exit')
  expect([code, signal]).toEqual([null, 'SIGKILL'])
}

test('a worker that nobody kills delivers, and the next one has nothing to do', async () => {
  const crashing = await startCrashing()
  const [code] = await once(crashing.spawnWorker('never'), 'exit')
  expect([code, await recover(crashing)]).toEqual([0, 1])
})

// Where the worker dies, and how often the mail arrives in all. Several at once: a process takes
// its time to begin.
test('a worker that dies at any commit loses no mail, and doubles only one that had left', async () => {
  const deaths = [
    ['after claim', 1],
    ['in compose', 1],
    ['after compose', 1],
    ['before record', 2],
    ['after record', 1],
  ] as const
  const arrived = deaths.map(async ([fatal]) => {
    const crashing = await startCrashing()
    await died(crashing.spawnWorker(fatal))
    return [fatal, await recover(crashing)]
  })
  expect(await Promise.all(arrived)).toEqual(deaths)
})

test('a worker that dies at any step of SMTP loses no mail, and doubles only one that left', async () => {
  const deaths = [
    ['greeting', 1],
    ['EHLO', 1],
    ['MAIL', 1],
    ['RCPT', 1],
    ['DATA', 1],
    ['body', 1],
    ['dot', 1],
    ['accepted', 2],
  ] as const
  const arrived = deaths.map(async ([where]) => {
    const crashing = await startCrashing()
    const child = crashing.spawnWorker('never')
    const dead = died(child)
    crashing.mailServer.sabotage = async (step) => {
      if (step !== where) return 'pass'
      child.kill('SIGKILL')
      await dead
      return 'drop'
    }
    await dead
    return [where, await recover(crashing)]
  })
  expect(await Promise.all(arrived)).toEqual(deaths)
})
