import { setImmediate as turn } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { openDatabase } from '../../test/harness.ts'
import type { Connection, Database } from './database.ts'

test('a transaction answers what its work answers, and reads its own writes', async () => {
  const database = await open()
  const result = await database.transaction(async (transaction) => {
    await transaction.query('INSERT INTO notes VALUES ($1)', ['a'])
    expect(await names(database)).toEqual([])
    return names(transaction)
  })
  expect(result).toEqual(['a'])
  expect(await names(database)).toEqual(['a'])
})

test('a transaction that throws is undone, and its error stays what it was', async () => {
  const database = await open()
  const error = new Error('undone')
  const undone = database.transaction(async (transaction) => {
    await transaction.script("INSERT INTO notes VALUES ('a'); INSERT INTO notes VALUES ('b')")
    throw error
  })
  await expect(undone).rejects.toBe(error)
  expect(await names(database)).toEqual([])
  await insert(database, 'c')
  expect(await names(database)).toEqual(['c'])
})

test('a statement that fails undoes the transaction, and the next one works', async () => {
  const database = await open()
  const twice = database.transaction(async (transaction) => {
    await transaction.query('INSERT INTO notes VALUES ($1)', ['a'])
    await transaction.query('INSERT INTO notes VALUES ($1)', ['a'])
  })
  await expect(twice).rejects.toThrow('UNIQUE')
  await insert(database, 'b')
  expect(await names(database)).toEqual(['b'])
})

test.each(['commits', 'is undone'])(
  'a statement after a transaction %s is refused',
  async (end) => {
    const database = await open()
    const left: { late?: () => Promise<unknown>; script?: () => Promise<unknown> } = {}
    const ended = database.transaction(async (transaction) => {
      left.late = () => transaction.query("INSERT INTO notes VALUES ('late')")
      left.script = () => transaction.script("INSERT INTO notes VALUES ('late')")
      if (end === 'is undone') throw new Error('undone')
    })
    await ended.catch(() => {})
    const gate = Promise.withResolvers<void>()
    const next = database.transaction(() => gate.promise)
    await turn()
    await expect(left.late?.()).rejects.toThrow('This transaction has ended')
    await expect(left.script?.()).rejects.toThrow('This transaction has ended')
    gate.resolve()
    await next
    expect(await names(database)).toEqual([])
  },
)

test('a transaction over its limit is undone, and the next one proceeds', async () => {
  const database = await open()
  const gate = Promise.withResolvers<void>()
  const late = Promise.withResolvers<unknown>()
  const slow = database.transaction(async (transaction) => {
    await transaction.query("INSERT INTO notes VALUES ('slow')")
    await gate.promise
    await transaction.query("INSERT INTO notes VALUES ('late')").catch(late.resolve)
  })
  const next = insert(database, 'next')
  const message = 'The transaction was undone: it took longer than 1000 ms'
  await expect(slow).rejects.toMatchObject({ code: 'unavailable', cause: { message } })
  await next
  gate.resolve()
  expect(String(await late.promise)).toContain('This transaction has ended')
  expect(await names(database)).toEqual(['next'])
})

test('a write that was acknowledged outlives what another one undoes at that time', async () => {
  const database = await open()
  const gate = Promise.withResolvers<void>()
  const undone = database.transaction(async (transaction) => {
    await transaction.query("INSERT INTO notes VALUES ('undone')")
    await gate.promise
    throw new Error('undone')
  })
  const kept = insert(database, 'kept')
  await turn()
  expect(await names(database)).toEqual([])
  gate.resolve()
  await expect(undone).rejects.toThrow('undone')
  await kept
  expect(await names(database)).toEqual(['kept'])
})

test('what follows a transaction that ended from within is refused, not kept by itself', async () => {
  const database = await open()
  const ended = database.transaction(async (transaction) => {
    await transaction.query("INSERT INTO notes VALUES ('twice')")
    await transaction
      .query("INSERT OR ROLLBACK INTO notes VALUES ('twice')")
      .catch(() => 'SQLite has undone it all')
    await transaction.query("INSERT INTO notes VALUES ('late')")
  })
  await expect(ended).rejects.toThrow('This transaction has ended')
  expect(await names(database)).toEqual([])
})

async function open(): Promise<Database> {
  const database = await openDatabase()
  await database.transaction((transaction) =>
    transaction.script('CREATE TABLE notes (name TEXT PRIMARY KEY)'),
  )
  return database
}

function insert(database: Database, name: string): Promise<unknown> {
  return database.transaction((transaction) =>
    transaction.query('INSERT INTO notes VALUES ($1)', [name]),
  )
}

async function names(connection: Connection): Promise<unknown[]> {
  return (await connection.query('SELECT name FROM notes ORDER BY rowid')).flat()
}
