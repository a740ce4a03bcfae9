// A process that migrates when it is told to, and can be stopped half-way through:
// node migrating-process.ts FOLDER [STATEMENT]. Behind STATEMENT it waits for ever.
import { once } from 'node:events'
import { pathToFileURL } from 'node:url'
import type { Database, Transaction } from '../../src/storage/database.ts'
import { migrate } from '../../src/storage/migrate.ts'
import { openPostgres } from '../../src/storage/postgres.ts'
import { openSqlite } from '../../src/storage/sqlite.ts'

const [, , folder = '', last] = process.argv
const { DATABASE_URL = '' } = process.env
const isSqlite = DATABASE_URL.startsWith('sqlite:')
const database = await (isSqlite ? openSqlite(DATABASE_URL) : openPostgres(DATABASE_URL))

const halting: Database = {
  query: (sql, values) => database.query(sql, values),
  lookUp: (sql, values, read) => database.lookUp(sql, values, read),
  transaction: (work, options) => database.transaction(work, options),
  migration: (work, isPending) =>
    database.migration((transaction) => work(halt(transaction)), isPending),
  countConnections: () => null,
  close: () => database.close(),
}

function halt(transaction: Transaction): Transaction {
  return {
    query: (sql, values) => transaction.query(sql, values),
    async script(sql) {
      await transaction.script(sql)
      if (last === undefined || !sql.includes(last)) return
      process.send?.('half-way')
      await once(process, 'message')
    },
  }
}

process.send?.('ready')
await once(process, 'message')
const directory = pathToFileURL(`${folder}/`)
const applied = await migrate(halting, [{ owner: 'app', directory }])
await database.close()
process.send?.(`applied ${applied.length}`)
process.disconnect()
