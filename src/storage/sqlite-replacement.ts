import { existsSync, linkSync, renameSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as wait } from 'node:timers/promises'
import { placeFile, syncFolder } from './sqlite-file.ts'

// A server that is starting has opened the file, and waits so long at most for its lock before it opens
// what is then called so.
const openedMilliseconds = 100

/** A database file that nobody else has open, until it is released. */
export interface HeldFile {
  /** The first column of what a statement reads. */
  list(sql: string): readonly string[]
  release(): void
}

/**
 * Opens a file for itself alone: all that was committed is in it then, and it has no `-wal` and `-shm`
 * any more. Whoever opens it meanwhile waits, and is refused.
 *
 * @throws Error of SQLite: `isBusy` where somebody has it open, else for what cannot be read
 */
export function holdFile(file: string): HeldFile {
  const database = new DatabaseSync(file, { timeout: 2_000 })
  try {
    // SECURITY: every connection to a file with a write-ahead log holds a lock for as long as it is open.
    // SQLite gives up the log only where it has none but this: nothing else tells whether a server runs.
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
 * Puts a file in the place of one that is held. There is no moment at which neither has the name.
 *
 * @param aside how the former is called from now on
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

/** Puts a file in the place of one that cannot be read and that nobody has open, or of none. */
export function replaceUnread(file: string, { by, aside }: { by: string; aside: string }): void {
  const isThere = existsSync(file)
  if (isThere) linkSync(file, aside)
  // SECURITY: beside another file SQLite would take them for its own, and destroy it.
  for (const suffix of ['-wal', '-shm', '-journal']) {
    if (existsSync(file + suffix)) renameSync(file + suffix, aside + suffix)
  }
  if (isThere) renameSync(by, file)
  else placeFile(file, by)
  syncFolder(dirname(file))
}
