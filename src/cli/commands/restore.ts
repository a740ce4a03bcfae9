import { relative, resolve } from 'node:path'
import type { RestoredRow } from '../../storage/restored-rows.ts'
import { sqliteFile } from '../../storage/sqlite-file.ts'
import { defineCommand, Refused, UsageError } from './command.ts'
import { databaseOptions, readDatabaseUrl, withDatabase } from './database.ts'
import { askFormer } from './former-database.ts'
import { appOption, listSources } from './migration-sources.ts'
import { oneOf } from './operand.ts'
import { jsonOption, print, printJson, printTable, readable } from './output.ts'
import { makeCurrent, type Restored, type Wanted } from './restored.ts'
import { type RestoredFile, restoreFile } from './restored-file.ts'

export const restoreDatabase = defineCommand(
  {
    name: 'restore',
    summary: 'Replace the database with a backup, and end its sessions and links',
    details: `Stop the servers first: nothing happens while one has the database open. The backup
is read from end to end, migrated, and replaces the database, which is kept beside
it under a name with the time. Sessions that were revoked since the backup, perhaps
because a token was stolen, would be back: so every session and every mailed link
ends. API keys stay; those that the replaced database no longer had are listed, and
so are users who were deleted or banned since.

With PostgreSQL, first pg_restore into an empty database, then run latchkey restore
--after-pg-restore; --former names the previous database, for the same list.`,
    operands: '(FILE | --after-pg-restore)',
    options: {
      'after-pg-restore': {
        type: 'boolean',
        meaning: 'Migrate what pg_restore restored, and end its sessions and links',
      },
      former: {
        type: 'string',
        value: 'DATABASE',
        meaning: 'After pg_restore: the previous database, as a name on that server or a URL',
      },
      'keep-sessions': {
        type: 'boolean',
        meaning: 'Keep the sessions and mailed links of the backup',
      },
      stopped: {
        type: 'boolean',
        meaning: 'Confirm that no server runs, if the database is too broken to tell',
      },
      app: appOption,
      json: jsonOption,
      ...databaseOptions,
    },
    examples: [
      'latchkey restore app-2026-11-26.sqlite3',
      'latchkey restore --after-pg-restore --former app',
    ],
  },
  async ({ values, positionals }) => {
    const url = readDatabaseUrl(values)
    const sources = await listSources(url, values.app)
    const wanted = { sources, sessions: values['keep-sessions'] ? 'kept' : 'ended' } as const
    const given = { ...values, url, wanted }
    if (values['after-pg-restore']) await finishPgRestore(positionals, given)
    else await restoreBackup(positionals, given)
  },
)

interface Given {
  readonly url: string
  readonly wanted: Wanted
  readonly former?: string | undefined
  readonly stopped?: boolean | undefined
  readonly json?: boolean | undefined
}

async function finishPgRestore(
  positionals: readonly string[],
  { url, wanted, former, json }: Given,
): Promise<void> {
  if (positionals.length > 0) throw new UsageError('Either FILE, or --after-pg-restore')
  if (url.startsWith('sqlite:')) throw new UsageError('DATABASE_URL names no PostgreSQL')
  const restored = await withDatabase(url, async (database) => {
    // Asked first: if the name is wrong, nothing has happened yet.
    const known = former === undefined ? null : await askFormer(former, { url, database })
    return makeCurrent(database, wanted, known)
  })
  if (json) return printJson(toJson({ ...restored, aside: null }))
  printRestored(restored, '--former DATABASE says which')
}

async function restoreBackup(
  positionals: readonly string[],
  { url, wanted, former, stopped, json }: Given,
): Promise<void> {
  if (former !== undefined) throw new UsageError('--former goes with --after-pg-restore')
  const name = oneOf(positionals, 'The name of one file')
  if (!url.startsWith('sqlite:')) throw new Refused(pgRestores)
  const servers = stopped ? 'stopped' : 'unknown'
  const restored = await restoreFile(sqliteFile(url), { ...wanted, from: resolve(name), servers })
  if (json) return printJson(toJson(restored))
  print(`Restored ${name}`)
  if (restored.aside !== null) print(`What was there is ${relative('.', restored.aside)} now`)
  printRestored(restored, 'nothing was there that tells which')
}

const pgRestores =
  'PostgreSQL restores its own backups: pg_restore --single-transaction --dbname="$DATABASE_URL" FILE, then latchkey restore --after-pg-restore --former DATABASE'

// These names are an interface: programs read them.
function toJson({ applied, revoked, aside, returned }: RestoredFile) {
  return {
    applied,
    revoked_sessions: revoked,
    replaced: aside,
    returned: returned?.map(returnedToJson) ?? null,
  }
}

function returnedToJson({ kind, id, emailAddress, name, createdAt }: RestoredRow) {
  return { kind, id, email_address: emailAddress, name, created_at: createdAt.toISOString() }
}

/** @param unknown why it is not known what came back, if it is not */
function printRestored({ applied, revoked, returned }: Restored, unknown: string): void {
  for (const name of applied) print(`Applied ${name}`)
  if (revoked === null) print('Sessions, and links in mails, are what they were')
  else print(`Ended ${revoked} ${revoked === 1 ? 'session' : 'sessions'}, and every link in a mail`)
  if (returned === null) print(`${incomparable}: ${unknown}`)
  else if (returned.length > 0) {
    print('Back, and not in what was there: look whether each is to be, and end it otherwise')
    printTable([header, ...returned.map(toRow)])
  }
}

const incomparable =
  'API keys that were revoked since, and users who were deleted or banned, are back'

const header = ['WHAT', 'ID', 'EMAIL ADDRESS', 'NAME', 'CREATED (UTC)']

const kinds = {
  api_key: 'API key',
  deleted_user: 'deleted user',
  banned_user: 'banned user',
} as const

function toRow({ kind, id, emailAddress, name, createdAt }: RestoredRow): string[] {
  return [kinds[kind], id, emailAddress, name ?? '', readable(createdAt)]
}
