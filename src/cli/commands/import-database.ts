import type { Origin } from '../../transfer/origin.ts'
import { openBetterAuth } from '../../transfer/origins/better-auth.ts'
import { openDevise } from '../../transfer/origins/devise.ts'
import { openRails } from '../../transfer/origins/rails.ts'
import { openSupabase } from '../../transfer/origins/supabase.ts'
import { isDatabaseUrl } from '../database-url.ts'
import { EnvironmentReader } from '../environment-reader.ts'
import { readImportedKeys } from '../imported-keys-environment.ts'
import { unsafeDatabase } from '../postgres-tls.ts'
import { type Command, defineCommand, UsageError } from './command.ts'
import { importOptions, runImport } from './import-run.ts'
import { complain } from './output.ts'

interface DatabaseImport {
  readonly name: string
  readonly summary: string
  readonly details: string
  readonly example: string
  readonly open: (url: string, mapping: unknown) => Promise<Origin>
}

function databaseImport({ name, open, example, summary, details }: DatabaseImport): Command {
  return defineCommand(
    {
      name: `import ${name}`,
      summary,
      details: `${details}

Existing rows stay as they are: run again, it continues where it was interrupted,
and changes nothing twice. Nothing is written to the source.`,
      operands: null,
      options: {
        database: {
          type: 'string',
          value: 'URL',
          meaning: 'The source: sqlite:PATH or postgres://…',
        },
        ...importOptions,
      },
      examples: [`${example} --dry-run`, `${example} --report refused.ndjson`],
    },
    async ({ values }) => {
      const url = readSource(values.database)
      await runImport(values, (mapping) => open(url, mapping))
    },
  )
}

function readSource(url: string | undefined): string {
  if (url === undefined) throw new UsageError('Name the source with --database URL')
  // SECURITY: a part of a password that is not percent-encoded would be taken for the host, and looked up.
  if (/^postgres(ql)?:/.test(url) && !isDatabaseUrl(url)) {
    throw new UsageError(
      '--database must be sqlite:PATH or postgres:// with user, password, server and database, with what is special in a URL percent-encoded',
    )
  }
  const unsafe = unsafeDatabase(url)
  if (unsafe !== null) complain(unsafe.replace('DATABASE_URL', '--database'))
  return url
}

const importRails = databaseImport({
  name: 'rails',
  summary: 'Import users and sessions of a Rails application',
  details: `From the tables of bin/rails generate authentication: users with their bcrypt
digests, and sessions, if these have a column token.`,
  example: 'latchkey import rails --database sqlite:storage/rails.sqlite3',
  open: openRails,
})

const importDevise = databaseImport({
  name: 'devise',
  summary: 'Import users of a Rails application with Devise',
  details: `If Devise has a pepper, set IMPORTED_PEPPER to it, here and for the server. Locked
users are imported as banned.`,
  example: 'latchkey import devise --database sqlite:storage/rails.sqlite3',
  open: (url, mapping) => openDevise(url, mapping, { isPeppered: readPepper() !== null }),
})

const importBetterAuth = databaseImport({
  name: 'better-auth',
  summary: 'Import users and sessions of better-auth',
  details: `From the tables user, account and session, as made by its own adapter or by
Drizzle's.`,
  example: 'latchkey import better-auth --database sqlite:storage/auth.sqlite3',
  open: (url, mapping) => openBetterAuth(url, mapping, { now: new Date() }),
})

const importSupabase = databaseImport({
  name: 'supabase',
  summary: 'Import users of Supabase',
  details: 'From auth.users, with a role that may read all of it.',
  example: 'latchkey import supabase --database postgres://ann:secret@127.0.0.1:54322/app',
  open: (url, mapping) => openSupabase(url, mapping, { now: new Date() }),
})

function readPepper(): string | null {
  const read = new EnvironmentReader(process.env)
  const { pepper } = readImportedKeys(read)
  read.finish()
  return pepper
}

/** Commands that import users from the databases of other systems. */
export const databaseImportCommands: readonly Command[] = [
  importRails,
  importDevise,
  importBetterAuth,
  importSupabase,
]
