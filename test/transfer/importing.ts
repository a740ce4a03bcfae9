// A database that is imported into by the command, and what is in its tables.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { hashSync } from '@node-rs/bcrypt'
import { type Auth, createAuth, createStore, type Database } from 'latchkey/server'
import { expect, onTestFinished } from 'vitest'
import { openDatabase } from '../../templates/api/database.ts'
import { type Command, prepareCommand, type Ran, run } from '../cli/command.ts'

export const password = 'correct horse battery'

/** As the other system had it; made once, for it takes its time. */
export const bcrypt = hashSync(password, 4)
export const otherPassword = 'another horse battery'
export const otherBcrypt = hashSync(otherPassword, 4)

export interface Target {
  readonly command: Command
  readonly database: Database
  readonly auth: Auth
}

/** An empty database with Latchkey's tables. */
export async function prepareTarget(given?: Command): Promise<Target> {
  const command = given ?? (await prepareCommand())
  expect((await run(command, 'latchkey migrate --json')).code).toBe(0)
  const { database } = await openDatabase(command.databaseUrl)
  onTestFinished(() => database.close())
  const apiKeys = { scopes: ['a:read', 'a:write'] }
  // Its hashes are real ones: what is cheaper is refused at an import.
  const options = { apiKeys, rateLimits: 'off' } as const
  return { command, database, auth: createAuth({ store: createStore(database), ...options }) }
}

/** Writes a file beside the command. */
const ended = `import fs from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
fs.writeSync = () => process.kill(process.pid, 'SIGTERM')
syncBuiltinESMExports()`

/** Stands before a command, which is ended when it writes into a file. */
export const endedWhileWriting = `NODE_OPTIONS='--import=data:text/javascript;base64,${btoa(ended)}'`

export function write({ command }: Target, name: string, content: string | Uint8Array): void {
  writeFileSync(join(command.folder, name), content)
}

/** A CSV file of users with an id, an address and a hash. */
export function csv(...rows: readonly (readonly [id: string, address: string, hash?: string])[]) {
  const lines = rows.map(([id, address, hash = bcrypt]) => `${id},${address},${hash}`)
  return ['id,email_address,password_hash', ...lines, ''].join('\n')
}

export async function summaryOf(ran: Promise<Ran>) {
  const { code, stdout, stderr } = await ran
  expect([code, code === 0 ? '' : stderr]).toEqual([0, ''])
  const {
    seconds,
    password_schemes: _schemes,
    log_in_milliseconds,
    ...summary
  } = JSON.parse(stdout)
  expect(seconds).toBeGreaterThan(0)
  expect(log_in_milliseconds).toBeGreaterThan(0)
  return summary
}

export const nothing = {
  dry_run: false,
  imported: 0,
  unchanged: 0,
  updated: 0,
  sessions: 0,
  api_keys: 0,
  events: 0,
  refused: {},
}

const tables = [
  'users',
  'imported_users',
  'deleted_users',
  'sessions',
  'imported_sessions',
  'session_imports',
  'api_keys',
  'events',
]

/** All that an import may write to, row by row. */
export async function contents({ database }: Pick<Target, 'database'>) {
  const all = await Promise.all(
    tables.map(async (table) => {
      const rows = await database.query(`SELECT * FROM ${table} ORDER BY 1, 2`)
      return [table, rows.map((row) => row.map(String))] as const
    }),
  )
  return Object.fromEntries(all)
}
