import { existsSync, linkSync, renameSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as wait } from 'node:timers/promises'
import { placeFile, syncFolder } from './sqlite-file.ts'

// A starting server has opened the file, and waits at most so long for its lock before it opens
// whatever has the name then.
const openedMilliseconds = 100

/** A database file that nobody else has open until it is released. */
export interface HeldFile {
  /** Returns the first column of what a statement reads. */
  list(sql: string): readonly string[]
  release(): void
}

/**
 * Opens a file exclusively: everything that was committed is then in it, and its `-wal` and `-shm`
 * are gone. Whoever opens it meanwhile waits, and is refused.
 *
 * @throws Error of SQLite: `isBusy` where somebody has it open, else for a file that cannot be read
 */
export function holdFile(file: string): HeldFile {
  const database = new DatabaseSync(file, { timeout: 2_000 })
  try {
    // SECURITY: every connection to a file with a write-ahead log holds a lock for as long as it is open. SQLite gives
    // up the log only for a sole connection: nothing else tells whether a server runs.
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
 * Puts a file in the place of a held one. At every moment one of them has the name.
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

/** Puts a file in the place of one that cannot be read and that nobody has open, or that does not exist. */
export function replaceUnread(file: string, { by, aside }: { by: string; aside: string }): void {
  const isThere = existsSync(file)
  if (isThere) linkSync(file, aside)
  // SECURITY: SQLite would take these for the new file's own, and destroy it.
  for (const suffix of ['-wal', '-shm', '-journal']) {
    if (existsSync(file + suffix)) renameSync(file + suffix, aside + suffix)
  }
  if (isThere) renameSync(by, file)
  else placeFile(file, by)
  syncFolder(dirname(file))
}
