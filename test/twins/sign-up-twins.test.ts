// Where sign-up is to be confirmed, a request with a taken address does what one with a new address does:
// counted, with no clock and no noise.
import {
  createApp,
  createAuth,
  createStore,
  type Database,
  type PasswordHash,
} from 'latchkey/server'
import { movableClock } from 'latchkey/testing'
import { expect, test } from 'vitest'
import { ann, cheapHash, openDatabase, read } from '../harness.ts'
import { createPost, silentOutbox } from '../mail/outbox-harness.ts'

/** What one request did, and what it was answered. */
interface Done {
  readonly acts: readonly string[]
  readonly written: readonly string[]
  readonly answer: unknown
}

async function startWatching() {
  const acts: string[] = []
  const database = await openDatabase()
  const clock = movableClock()
  const auth = createAuth({
    store: createStore(watchStatements(database, acts)),
    passwordHash: watchHashes(acts),
    signUp: 'confirm',
    clock,
    log: { info: (entry, text) => void acts.push(`${text} ${JSON.stringify(entry)}`), error() {} },
  })
  const queued = () => void acts.push('outbox woken')
  auth.onMessageQueued(queued)
  const app = createApp(auth, { log: { info() {}, error() {} } })
  const post = createPost()
  const outbox = silentOutbox(auth, post)
  const ask = async (emailAddress: string): Promise<Done> => {
    // What is written once more is another instant; and no limit is reached.
    clock.advance({ minutes: 4 })
    const before = await contents(database)
    acts.length = 0
    const response = await app.request('/v1/registrations', {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-request-id': 'one' },
      body: JSON.stringify({ ...ann, email_address: emailAddress }),
    })
    const { status, headers, text } = await read(response)
    await new Promise((resolve) => setImmediate(resolve))
    const done = [...acts]
    const written = (await contents(database)).filter((row) => !before.includes(row))
    return {
      acts: done,
      written: written.map((row) => row.replace(/:.*/, '')),
      answer: { status, text, headers: [...headers] },
    }
  }
  return { auth, database, clock, outbox, post, ask }
}

function watchStatements(database: Database, acts: string[]): Database {
  return {
    ...database,
    countConnections: () => database.countConnections(),
    lookUp(sql, values, readRow) {
      acts.push(shapeOf(sql))
      return database.lookUp(sql, values, readRow)
    },
    query(sql, values) {
      acts.push(shapeOf(sql))
      return database.query(sql, values)
    },
    transaction(work, options) {
      return database.transaction(async (transaction) => {
        acts.push(`begin ${options?.durability ?? 'full'}`)
        const result = await work({
          script: (sql) => transaction.script(sql),
          async query(sql, values) {
            const rows = await transaction.query(sql, values)
            acts.push(`${shapeOf(sql)} (${rows.length} rows)`)
            return rows
          },
        })
        acts.push('end')
        return result
      }, options)
    },
  }
}

function shapeOf(sql: string): string {
  return sql.replace(/\s+/g, ' ')
}

function watchHashes(acts: string[]): PasswordHash {
  return {
    ...cheapHash,
    hash(password) {
      acts.push('hash')
      return cheapHash.hash(password)
    },
    verify(passwordHash, password) {
      acts.push('verify')
      return cheapHash.verify(passwordHash, password)
    },
  }
}

/** Every row of every table that a sign-up could touch, with its table's name before a colon. */
async function contents(database: Database): Promise<string[]> {
  const tables = ['users', 'sessions', 'registrations', 'outbox', 'events', 'guard_counts']
  const rows = tables.map(async (table) =>
    (await database.query(`SELECT * FROM ${table}`)).map(
      (row) => `${table}:${JSON.stringify(row)}`,
    ),
  )
  return (await Promise.all(rows)).flat()
}

test('a new address, a taken one and one that waits cost the same and are told the same', async () => {
  const { auth, ask, outbox, post } = await startWatching()
  const { password } = ann
  const create = (emailAddress: string) => auth.createUser({ emailAddress, password })
  await create('taken@example.com')
  await auth.banUser((await create('banned@example.com')).id)
  const known = await ask('nobody@example.com')
  expect(known.answer).toMatchObject({ status: 202 })
  // By account and by address, in a window of minutes and in one of a day.
  const counts = Array(4).fill('guard_counts')
  expect(known.written.toSorted()).toEqual([...counts, 'outbox', 'registrations'])
  expect(known.acts.filter((act) => act === 'hash')).toHaveLength(1)
  expect(known.acts.filter((act) => act.startsWith('INSERT INTO outbox'))).toHaveLength(1)
  // The mail of the first is not sent yet: this one waits for it.
  expect(await ask('nobody@example.com')).toEqual(known)
  expect(await ask('taken@example.com')).toEqual(known)
  expect(await ask('taken@example.com')).toEqual(known)
  expect(await ask('banned@example.com')).toEqual(known)
  await outbox.deliverDue()
  expect(post.mails.map(({ to }) => to)).toEqual([
    'nobody@example.com',
    'taken@example.com',
    'banned@example.com',
  ])
  // And with mails that have left: a link that is good, an owner who was told.
  expect(await ask('nobody@example.com')).toEqual(known)
  expect(await ask('taken@example.com')).toEqual(known)
  expect(await ask('another@example.com')).toEqual(known)
})

test('so they do while the mail of the one before is on its way', async () => {
  const { auth, ask, outbox, post } = await startWatching()
  await auth.createUser({ emailAddress: 'taken@example.com', password: ann.password })
  const known = await ask('new@example.com')
  const { answer } = post
  const during: Done[] = []
  for (const address of ['new@example.com', 'taken@example.com']) {
    await ask(address)
    post.answer = async (attempt, write) => {
      const delivery = await answer(attempt, write)
      post.answer = answer
      during.push(await ask(address))
      return delivery
    }
    await outbox.deliverDue()
  }
  expect(during).toEqual([known, known])
})
