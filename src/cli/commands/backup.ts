import { randomBytes } from 'node:crypto'
import { closeSync, existsSync, openSync, rmSync, statSync } from 'node:fs'
import { basename, dirname, join, relative, resolve } from 'node:path'
import { codeOf, messageOf } from '../../core/thrown.ts'
import { requireWhole } from '../../storage/migrate.ts'
import { isMigrated } from '../../storage/sqlite.ts'
import { copyDatabase, findFaults } from '../../storage/sqlite-copy.ts'
import { placeFile, sqliteFile, syncFile } from '../../storage/sqlite-file.ts'
import { openSqliteSnapshot } from '../../storage/sqlite-snapshot.ts'
import { MissingTablesError } from '../../storage/tables.ts'
import { defineCommand, Refused, UsageError } from './command.ts'
import { databaseOptions, readDatabaseUrl, requireDatabase } from './database.ts'
import { oneOf } from './operand.ts'
import { complain, jsonOption, print, printJson } from './output.ts'
import { Progress } from './progress.ts'

export const backUpDatabase = defineCommand(
  {
    name: 'backup',
    summary: 'Copy the database into a file while servers go on, and check the copy',
    details: `A complete, consistent copy that only its owner can read (0600). It gets its name
once all of it is on the disk and has been read from end to end; an existing
file is never overwritten. Back up PostgreSQL with its own pg_dump.`,
    operands: 'FILE',
    options: {
      broken: {
        type: 'boolean',
        meaning: 'Copy even a damaged database, or one that lacks tables, before repairing it',
      },
      json: jsonOption,
      ...databaseOptions,
    },
    examples: ['latchkey backup app-$(date +%F).sqlite3', 'latchkey backup --broken left.sqlite3'],
  },
  async ({ values, positionals }) => {
    const name = oneOf(positionals, 'The name of one file')
    if (name === '') throw new UsageError('The name of the file is empty')
    const file = resolve(name)
    const url = readDatabaseUrl(values)
    if (!url.startsWith('sqlite:')) throw new Refused(dumps)
    requireDatabase(url)
    if (!isMigrated(url)) throw new Refused(`${sqliteFile(url)} has no tables of Latchkey's`)
    const tolerate = values.broken ? say : refuse
    await lookAtTables(url, tolerate)
    await backUp(sqliteFile(url), { file, tolerate })
    if (values.json) printJson({ file, bytes: statSync(file).size })
    else print(`Backed up ${relative('.', sqliteFile(url))} into ${name}`)
  },
)

/** What happens when the database to copy has a fault. */
type Tolerate = (fault: string) => void

// Otherwise broken copies would gradually replace the good backups.
const refuse: Tolerate = (fault) => {
  throw new Refused(
    `${fault}. Nothing was backed up: --broken copies what is left, for a repair, and is no backup`,
  )
}

const say: Tolerate = (fault) => {
  complain(`${fault}. The copy is what is left of it, for a repair, and no backup`)
}

async function lookAtTables(url: string, tolerate: Tolerate): Promise<void> {
  const snapshot = openSqliteSnapshot(url)
  try {
    await requireWhole(snapshot)
  } catch (error) {
    if (!(error instanceof MissingTablesError)) throw error
    tolerate(error.message)
  } finally {
    await snapshot.close()
  }
}

const dumps =
  'PostgreSQL makes its own backups: umask 077; pg_dump --format=custom --file=FILE "$DATABASE_URL"'

interface Wanted {
  readonly file: string
  readonly tolerate: Tolerate
}

async function backUp(database: string, { file, tolerate }: Wanted): Promise<void> {
  if (existsSync(file)) throw new Refused(`${file} is there already: name another file`)
  if (!existsSync(dirname(file))) throw new Refused(`There is no folder ${dirname(file)}`)
  // A random name, because in a container the process id is the same each time.
  const part = join(dirname(file), `.${basename(file)}.${randomBytes(4).toString('hex')}.part`)
  make(part, file)
  try {
    await copy(database, { file: part, tolerate })
    placeFile(file, part)
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error
    throw new Refused(`${file} is there already: name another file`)
  } finally {
    rmSync(part, { force: true })
  }
}

function make(part: string, file: string): void {
  try {
    // SECURITY: SQLite would create the file readable by everybody, with all addresses in it.
    closeSync(openSync(part, 'wx', 0o600))
  } catch (error) {
    throw new Refused(`${file} cannot be written: ${messageOf(error)}`)
  }
}

async function copy(database: string, { file: part, tolerate }: Wanted): Promise<void> {
  const total = megabytes(statSync(database).size)
  const progress = new Progress()
  await copyDatabase(database, part, {
    onProgress: (bytes) => progress.say(`Copied ${megabytes(bytes)} of about ${total}`),
  })
  syncFile(part)
  progress.say('Reading the copy')
  const faults = await findFaults(part)
  progress.end()
  const [first] = faults
  if (first !== undefined) tolerate(`The database is damaged: ${first}`)
}

function megabytes(bytes: number): string {
  return `${(bytes / 1_000_000).toFixed(1)} MB`
}
