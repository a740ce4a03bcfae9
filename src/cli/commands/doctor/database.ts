import type { ImportedKeys } from '../../../core/imported-hashes/family.ts'
import { lateMilliseconds } from '../../../core/readiness.ts'
import { KeyEncryption } from '../../../core/signing-keys/key-encryption.ts'
import { openSigningKey } from '../../../core/signing-keys.ts'
import type { Database } from '../../../storage/database.ts'
import { countEnds, findNewestEvent, readClock, readJournal } from '../../../storage/examination.ts'
import { type MigrationStatus, type Migrations, requireWhole } from '../../../storage/migrate.ts'
import { sqliteFile } from '../../../storage/sqlite-file.ts'
import { createStore } from '../../../storage/store.ts'
import { MissingTablesError } from '../../../storage/tables.ts'
import { describeMissingKey, findMissingKeys } from '../../missing-keys.ts'
import { requireDatabase, withDatabase } from '../database.ts'
import { readStatus } from '../migrate.ts'
import { advice, type Finding, fault, look, ok } from './finding.ts'
import { judgeFile } from './machine.ts'
import { judgePostgres } from './postgres.ts'

/** What the examination needs besides the database. */
export interface Examined {
  readonly sources: readonly Migrations[]
  readonly keyEncryptionKey: Uint8Array | null
  readonly importedKeys: ImportedKeys
  readonly processes: number
}

/** Examines the database, its tables, and what is in them. */
export async function examineDatabase(url: string, examined: Examined): Promise<Finding[]> {
  requireDatabase(url)
  // First: on a full disk SQLite cannot open anything.
  const file = url.startsWith('sqlite:') ? judgeFile(sqliteFile(url)) : []
  return [...file, ...(await look('database', () => examineTables(url, examined)))]
}

async function examineTables(url: string, examined: Examined): Promise<Finding[]> {
  const migrations = await readStatus(url, examined.sources)
  const named = (wanted: MigrationStatus['status']) =>
    migrations.filter(({ status }) => status === wanted).map(({ name }) => name)
  const [pending, unknown] = [named('pending'), named('unknown')]
  const schema =
    pending.length === 0
      ? ok('schema', `${named('applied').length} migrations are applied`)
      : fault('schema', `${pending.length} migrations are pending`, 'latchkey migrate')
  const newer = unknown.map((name) =>
    advice('schema', `${name} is applied, and unknown here`, bring),
  )
  const isMigrated = !pending.some((name) => name.startsWith('latchkey/'))
  const inside = isMigrated
    ? await withDatabase(url, (each) => lookInside(url, each, examined))
    : []
  return [schema, ...newer, ...inside]
}

const bring = 'bring the version that it came with, or read its notes before an older one goes on'

async function lookInside(
  url: string,
  database: Database,
  examined: Examined,
): Promise<readonly Finding[]> {
  const tables = await look('tables', () => judgeTables(database))
  // If a table is missing, every other check would report it too.
  if (tables.some(({ state }) => state === 'fault')) return tables
  const own = url.startsWith('sqlite:')
    ? judgeSqlite(database)
    : judgePostgres(database, examined.processes)
  const parts = [
    tables,
    own,
    look('clock', () => judgeClock(url, database)),
    look('signing keys', () => judgeKeys(database, examined)),
    look('imported hashes', () => judgeHashes(database, examined)),
    look('outbox', () => judgeOutbox(database)),
  ]
  return (await Promise.all(parts)).flat()
}

async function judgeTables(database: Database): Promise<readonly Finding[]> {
  try {
    await requireWhole(database)
    return [ok('tables', "all of Latchkey's are there")]
  } catch (error) {
    if (!(error instanceof MissingTablesError)) throw error
    return [fault('tables', error.found, error.todo)]
  }
}

async function judgeSqlite(database: Database): Promise<readonly Finding[]> {
  const journal = await readJournal(database)
  const found = `SQLite answers, its journal is ${journal}`
  if (journal === 'wal') return [ok('database', found)]
  return [fault('database', found, 'look who changed it: a server makes it wal when it starts')]
}

const toleratedSeconds = 1
const dangerousSeconds = 60

// Clocks of several servers may differ by a minute; each judges by its own what has expired.
async function judgeClock(url: string, database: Database): Promise<readonly Finding[]> {
  const newest = await findNewestEvent(database)
  const ahead = newest ? (newest.getTime() - Date.now()) / 1_000 : 0
  if (ahead > dangerousSeconds) {
    const found = `something is written down that happens in ${Math.round(ahead)} s`
    return [fault('clock', found, 'put the clock right, of this machine or of whoever wrote it')]
  }
  if (url.startsWith('sqlite:')) return [ok('clock', 'nothing that is written down is yet to come')]
  const asked = Date.now()
  const there = await readClock(database)
  const here = (asked + Date.now()) / 2
  const skew = Math.abs(there.getTime() - here) / 1_000
  const found = `it differs from the database's by ${skew.toFixed(1)} s`
  const todo = 'have both machines ask a time server'
  if (skew > dangerousSeconds) return [fault('clock', found, todo)]
  return [skew > toleratedSeconds ? advice('clock', found, todo) : ok('clock', found)]
}

async function judgeKeys(
  database: Database,
  { keyEncryptionKey }: Examined,
): Promise<readonly Finding[]> {
  const keys = await createStore(database).listSigningKeys()
  if (keys.length === 0) return []
  if (keyEncryptionKey === null) {
    const found = `there are ${keys.length} signing keys, and no KEY_ENCRYPTION_KEY to read them`
    return [advice('signing keys', found, 'set the one that they were made with')]
  }
  const encryption = new KeyEncryption(keyEncryptionKey)
  const read = await Promise.allSettled(keys.map((key) => openSigningKey(key, encryption)))
  const closed = keys.filter((_, index) => read[index]?.status === 'rejected')
  if (closed.length === 0)
    return [ok('signing keys', `KEY_ENCRYPTION_KEY reads all ${keys.length}`)]
  const found = `KEY_ENCRYPTION_KEY does not read ${closed.map(({ id }) => id).join(', ')}`
  const todo =
    'set the one that they were made with, or make another key with latchkey signing-keys rotate --now'
  // An old key is not needed any more.
  const isNewest = closed.some(({ id }) => id === keys[0]?.id)
  return [isNewest ? fault('signing keys', found, todo) : advice('signing keys', found, todo)]
}

async function judgeHashes(
  database: Database,
  { importedKeys }: Examined,
): Promise<readonly Finding[]> {
  const schemes = await createStore(database).countPasswordSchemes()
  if (schemes.length === 0) return [ok('imported hashes', 'there are none')]
  const found = schemes.map(({ scheme, users }) => `${users} of ${scheme}`).join(', ')
  const todo =
    'nothing: each is replaced when its user logs in; whoever never does can be sent a reset'
  const missing = await findMissingKeys(database, importedKeys, { maximum: 1_000_000 })
  const faults = missing.map((each) => {
    const set = `set ${each.variable} to what it was where they come from`
    return fault('imported hashes', describeMissingKey(each), set)
  })
  return [...faults, advice('imported hashes', `they remain: ${found}`, todo)]
}

const dayMilliseconds = 86_400_000

async function judgeOutbox(database: Database): Promise<readonly Finding[]> {
  const now = Date.now()
  const ends = await countEnds(database, new Date(now - dayMilliseconds))
  const { sent = 0, failed = 0, unknown = 0 } = ends
  const { queued, oldestQueuedAt } = await createStore(database).findBacklog()
  const found = `within a day ${sent} sent, ${failed} failed, ${unknown} unknown; ${queued} wait`
  const waited = oldestQueuedAt ? now - oldestQueuedAt.getTime() : 0
  if (waited > lateMilliseconds) {
    const since = `one since ${Math.round(waited / 60_000)} minutes`
    return [advice('outbox', `${found}, ${since}`, 'latchkey outbox list --status queued says why')]
  }
  if (failed + unknown === 0) return [ok('outbox', found)]
  return [advice('outbox', found, 'latchkey outbox list --status failed says why')]
}
