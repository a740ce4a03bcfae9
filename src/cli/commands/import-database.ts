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

What is there stays as it is: run again it goes on where it was cut off, and
changes nothing twice. Nothing is written to where they come from.`,
      operands: null,
      options: {
        database: {
          type: 'string',
          value: 'URL',
          meaning: 'Where they come from: sqlite:PATH or postgres://…',
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
  if (url === undefined) throw new UsageError('--database URL says where they come from')
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
digests, and where sessions have a column token, these too.`,
  example: 'latchkey import rails --database sqlite:storage/rails.sqlite3',
  open: openRails,
})

const importDevise = databaseImport({
  name: 'devise',
  summary: 'Import users of a Rails application with Devise',
  details: `Where Devise has a pepper, IMPORTED_PEPPER has to be set to it, here as in the
server. Who was locked comes banned.`,
  example: 'latchkey import devise --database sqlite:storage/rails.sqlite3',
  open: (url, mapping) => openDevise(url, mapping, { isPeppered: readPepper() !== null }),
})

const importBetterAuth = databaseImport({
  name: 'better-auth',
  summary: 'Import users and sessions of better-auth',
  details: `From the tables user, account and session, as its own adapter or
Drizzle's made them.`,
  example: 'latchkey import better-auth --database sqlite:storage/auth.sqlite3',
  open: (url, mapping) => openBetterAuth(url, mapping, { now: new Date() }),
})

const importSupabase = databaseImport({
  name: 'supabase',
  summary: 'Import users of Supabase',
  details: 'From auth.users, by a role that may read all of it.',
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
