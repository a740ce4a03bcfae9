import { randomBytes } from 'node:crypto'
import {
  chownSync,
  closeSync,
  existsSync,
  lstatSync,
  openSync,
  readlinkSync,
  rmSync,
  statSync,
} from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { codeOf, messageOf } from '../../core/thrown.ts'
import { type Known, readKnown } from '../../storage/restored-rows.ts'
import { copyDatabase, findFaults } from '../../storage/sqlite-copy.ts'
import { isBusy, isForbidden } from '../../storage/sqlite-errors.ts'
import { syncFile } from '../../storage/sqlite-file.ts'
import {
  type HeldFile,
  holdFile,
  replaceHeld,
  replaceUnread,
} from '../../storage/sqlite-replacement.ts'
import { Refused } from './command.ts'
import { withDatabase } from './database.ts'
import { Progress } from './progress.ts'
import { makeCurrent, type Restored, type Wanted } from './restored.ts'

/** A restored file, in the place of the database. */
export interface RestoredFile extends Restored {
  /** The new name of the database that was replaced; null if there was none. */
  readonly aside: string | null
}

interface WantedFile extends Wanted {
  /** The backup. */
  readonly from: string
  /** Whether servers are known to be stopped, for a database too broken to tell. */
  readonly servers: 'stopped' | 'unknown'
}

/**
 * Builds the new file beside the database, and gives it the database's name when it is complete.
 *
 * @throws Refused while somebody has the database open, and for a file that is no sound backup
 */
export async function restoreFile(named: string, wanted: WantedFile): Promise<RestoredFile> {
  const { from } = wanted
  const file = behindLinks(named)
  if (!existsSync(from)) throw new Refused(`There is no file ${from}`)
  if (isSame(from, file)) throw new Refused(`${from} is the database itself`)
  if (!existsSync(dirname(file))) throw new Refused(`There is no folder ${dirname(file)}`)
  const former = hold(file, wanted)
  const next = join(dirname(file), `.${basename(file)}.${randomBytes(4).toString('hex')}.restoring`)
  try {
    await copy(from, next)
    const restored = await withDatabase(`sqlite:${next}`, async (database) =>
      makeCurrent(database, wanted, await askKnown(former)),
    )
    // Moves the content of the write-ahead log into the file.
    holdFile(next).release()
    giveAway(next, existsSync(file) ? file : dirname(file))
    syncFile(next)
    return { ...restored, aside: await replace(file, next, former) }
  } finally {
    if (former.kind === 'held') former.held.release()
    for (const suffix of ['', '-wal', '-shm']) rmSync(next + suffix, { force: true })
  }
}

// A link may lead to a volume. The data must stay there, even if the file is missing.
function behindLinks(named: string, depth = 0): string {
  const isLink = lstatSync(named, { throwIfNoEntry: false })?.isSymbolicLink() === true
  if (!isLink || depth > 9) return named
  return behindLinks(resolve(dirname(named), readlinkSync(named)), depth + 1)
}

type Former =
  | { readonly kind: 'held'; readonly held: HeldFile }
  | { readonly kind: 'broken' }
  | { readonly kind: 'none' }

function hold(file: string, { servers }: WantedFile): Former {
  if (!existsSync(file)) return { kind: 'none' }
  try {
    return { kind: 'held', held: holdFile(file) }
  } catch (error) {
    if (isBusy(error)) throw new Refused(`${file} is open somewhere: stop every server first`)
    if (servers === 'stopped') return { kind: 'broken' }
    if (isForbidden(error)) throw new Refused(`${file} may not be opened: ${asOwner}`)
    throw new Refused(
      `${file} cannot be read, which leaves open whether a server has it: stop all, and add --stopped`,
    )
  }
}

const asOwner =
  'run this as its owner, or as the superuser; if that is how it was, stop every server, and add --stopped'

// Null if it cannot tell: there was none, it is broken, or it is older than these tables.
async function askKnown(former: Former): Promise<Known | null> {
  if (former.kind !== 'held') return null
  return readKnown(async (sql) => former.held.list(sql)).catch(() => null)
}

async function copy(from: string, next: string): Promise<void> {
  // SECURITY: SQLite would create the file readable by everybody, with all addresses in it.
  closeSync(openSync(next, 'wx', 0o600))
  const progress = new Progress()
  try {
    await copyDatabase(from, next, { onProgress: () => progress.say('Copying the backup') })
    progress.say('Reading the copy')
    const [fault] = await findFaults(next)
    if (fault !== undefined) throw new Refused(`${from} is damaged: ${fault}`)
  } catch (error) {
    if (error instanceof Refused || codeOf(error) !== 'ERR_SQLITE_ERROR') throw error
    throw new Refused(`${from} is no sound database: ${messageOf(error)}`)
  } finally {
    progress.end()
  }
}

function isSame(one: string, other: string): boolean {
  const [first, second] = [one, other].map((path) => statSync(path, { throwIfNoEntry: false }))
  return first !== undefined && first.ino === second?.ino && first.dev === second.dev
}

// A file made by root could not be opened by the server.
function giveAway(next: string, owned: string): void {
  if (process.getuid?.() !== 0) return
  const { uid, gid } = statSync(owned)
  chownSync(next, uid, gid)
}

async function replace(file: string, next: string, former: Former): Promise<string | null> {
  const aside = `${file}.replaced-${new Date().toISOString().slice(0, 19).replaceAll(':', '')}Z`
  if (former.kind === 'held') await replaceHeld(file, { held: former.held, by: next, aside })
  else replaceUnread(file, { by: next, aside })
  return former.kind === 'none' ? null : aside
}
