import { closeSync, existsSync, openSync, rmSync, statSync } from 'node:fs'
import { basename, dirname, join, relative, resolve } from 'node:path'
import { requireWhole } from '../../storage/migrate.ts'
import { openSqliteSnapshot } from '../../storage/snapshot.ts'
import { isMigrated } from '../../storage/sqlite.ts'
import { copyDatabase, findFaults } from '../../storage/sqlite-copy.ts'
import { placeFile, sqliteFile, syncFile } from '../../storage/sqlite-file.ts'
import { defineCommand, Refused } from './command.ts'
import { databaseOptions, readDatabaseUrl, requireDatabase } from './database.ts'
import { jsonOption, print, printJson } from './output.ts'
import { Progress } from './progress.ts'
import { oneOf } from './user.ts'

export const backUpDatabase = defineCommand(
  {
    name: 'backup',
    summary: 'Copy the database into a file while servers go on, and check the copy',
    details: `A whole and consistent copy, for its owner's eyes only (0600). It has its name when
all of it is on the disk and was read once, from end to end; a file that is
there is never written over. Of PostgreSQL its own pg_dump makes one.`,
    operands: 'FILE',
    options: { json: jsonOption, ...databaseOptions },
    examples: ['latchkey backup app-$(date +%F).sqlite3'],
  },
  async ({ values, positionals }) => {
    const name = oneOf(positionals, 'The name of one file')
    const file = resolve(name)
    const url = readDatabaseUrl(values)
    if (!url.startsWith('sqlite:')) throw new Refused(dumps)
    requireDatabase(url)
    if (!isMigrated(url)) throw new Refused(`${sqliteFile(url)} has no tables of Latchkey's`)
    await requireAllTables(url)
    await backUp(sqliteFile(url), file)
    if (values.json) printJson({ file, bytes: statSync(file).size })
    else print(`Backed up ${relative('.', sqliteFile(url))} into ${name}`)
  },
)

// Otherwise such copies take the places of those from before, one a day.
async function requireAllTables(url: string): Promise<void> {
  const snapshot = openSqliteSnapshot(url)
  try {
    await requireWhole(snapshot)
  } finally {
    await snapshot.close()
  }
}

const dumps =
  'PostgreSQL makes its own backups: umask 077; pg_dump --format=custom --file=FILE "$DATABASE_URL"'

async function backUp(database: string, file: string): Promise<void> {
  if (existsSync(file)) throw new Refused(`${file} is there already: name another file`)
  if (!existsSync(dirname(file))) throw new Refused(`There is no folder ${dirname(file)}`)
  const part = join(dirname(file), `.${basename(file)}.${process.pid}.part`)
  // SECURITY: SQLite would create it readable by everybody, with all addresses in it.
  closeSync(openSync(part, 'wx', 0o600))
  try {
    await copy(database, part)
    placeFile(file, part)
  } catch (error) {
    if (Object(error).code !== 'EEXIST') throw error
    throw new Refused(`${file} is there already: name another file`)
  } finally {
    rmSync(part, { force: true })
  }
}

async function copy(database: string, part: string): Promise<void> {
  const total = megabytes(statSync(database).size)
  const progress = new Progress()
  await copyDatabase(database, part, {
    onProgress: (bytes) => progress.say(`Copied ${megabytes(bytes)} of about ${total}`),
  })
  syncFile(part)
  progress.say('Reading the copy')
  const faults = await findFaults(part)
  progress.end()
  if (faults.length > 0) {
    const [first = ''] = faults
    throw new Refused(`The database is damaged, and was not backed up: ${first}`)
  }
}

function megabytes(bytes: number): string {
  return `${(bytes / 1_000_000).toFixed(1)} MB`
}
