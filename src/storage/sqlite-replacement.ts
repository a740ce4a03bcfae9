import { existsSync, linkSync, renameSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as wait } from 'node:timers/promises'
import { placeFile, syncFolder } from './sqlite-file.ts'

// A server that starts may have opened the old file: within this time it gives up waiting for the lock, and opens the
// file that has the name then.
const openedMilliseconds = 100

/** A database file that nobody else can open until it is released. */
export interface HeldFile {
  /** Returns the first column of the result of a statement. */
  list(sql: string): readonly string[]
  release(): void
}

/**
 * Opens a file exclusively: then it contains everything that was committed, and its `-wal` and `-shm` are gone.
 * Others who open it meanwhile wait, and are refused.
 *
 * @throws Error of SQLite: `isBusy` if somebody has it open, or another one if it cannot be read
 */
export function holdFile(file: string): HeldFile {
  const database = new DatabaseSync(file, { timeout: 2_000 })
  try {
    // SECURITY: SQLite gives up the write-ahead log only if no other connection is open. Nothing else shows whether a
    // server is running.
    database.exec('PRAGMA journal_mode = DELETE; BEGIN EXCLUSIVE')
  } catch (error) {
    database.close()
    throw error
  }
  return {
    list: (sql) =>
      database
        .prepare(sql)
        .all()
        .map((row) => String(Object.values(row)[0])),
    release() {
      if (database.isOpen) database.close()
    },
  }
}

/**
 * Replaces a held file by another. At every moment one of them has the name.
 *
 * @param aside the new name of the replaced file
 */
export async function replaceHeld(
  file: string,
  { held, by, aside }: { held: HeldFile; by: string; aside: string },
): Promise<void> {
  linkSync(file, aside)
  renameSync(by, file)
  syncFolder(dirname(file))
  await wait(openedMilliseconds)
  held.release()
}

/** Replaces a file that cannot be read and that nobody has open, or that does not exist, by another. */
export function replaceUnread(file: string, { by, aside }: { by: string; aside: string }): void {
  const isThere = existsSync(file)
  if (isThere) linkSync(file, aside)
  // SECURITY: SQLite would use these for the new file, and destroy it.
  for (const suffix of ['-wal', '-shm', '-journal']) {
    if (existsSync(file + suffix)) renameSync(file + suffix, aside + suffix)
  }
  if (isThere) renameSync(by, file)
  else placeFile(file, by)
  syncFolder(dirname(file))
}
