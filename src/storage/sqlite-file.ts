import {
  closeSync,
  existsSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  realpathSync,
  renameSync,
  unlinkSync,
} from 'node:fs'
import { dirname, resolve } from 'node:path'
import { codeOf, messageOf } from '../core/thrown.ts'
import { DatabaseUrlError } from './database-url-error.ts'

/**
 * The absolute path of the file that a path, or a `sqlite:` URL, names.
 *
 * @throws DatabaseUrlError if it is not the path of a file
 */
export function sqliteFile(path: string): string {
  const file = path.replace(/^sqlite:(\/\/(?=\/))?/, '')
  // SECURITY: SQLite reads file: as a URI, and would open another file than the one that was created with mode 0600.
  // And a database in memory would be a different one for each connection.
  if (file === '' || /^([a-z][a-z0-9+.-]+:|:memory:|\/\/)/i.test(file)) {
    throw new DatabaseUrlError('SQLite needs the path of a file, such as storage/app.sqlite3')
  }
  return resolve(file)
}

/**
 * Creates a file that only its owner can read (0600, the folder 0700), unless it exists.
 *
 * @returns its real path: SQLite follows links, and keeps its other files beside the target
 * @throws DatabaseUrlError if the file cannot be created or opened
 */
export function createFile(file: string): string {
  try {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
    // SECURITY: SQLite would create the file readable by everybody; -wal and -shm follow its mode.
    closeSync(openSync(file, 'a', 0o600))
    return realpathSync(file)
  } catch (cause) {
    const reason = codeOf(cause) === 'EISDIR' ? `${file} is a folder` : messageOf(cause)
    throw new DatabaseUrlError(`SQLite needs a file that it may create and open: ${reason}`, {
      cause,
    })
  }
}

/**
 * Renames `by` to `file`, if nothing has that name.
 *
 * @throws Error `EEXIST` if something has it
 */
export function placeFile(file: string, by: string): void {
  try {
    linkSync(by, file)
    unlinkSync(by)
  } catch (error) {
    if (existsSync(file)) throw error
    // Some file systems, such as those of removable disks, have no hard links.
    renameSync(by, file)
  }
  syncFolder(dirname(file))
}

/** Waits until what was written into a file survives a power cut. */
export function syncFile(file: string): void {
  sync(file, 'r+')
}

/** Waits until the names in a folder survive a power cut. */
export function syncFolder(folder: string): void {
  // Windows cannot open folders, and does not need this.
  if (process.platform !== 'win32') sync(folder, 'r')
}

function sync(path: string, flags: 'r' | 'r+'): void {
  const descriptor = openSync(path, flags)
  try {
    fsyncSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
}
