import { ownOrigin } from '../../storage/deleted-users.ts'
import { openCsv } from '../../transfer/csv.ts'
import { openNdjson } from '../../transfer/ndjson.ts'
import type { Origin } from '../../transfer/origin.ts'
import { type Command, defineCommand, UsageError } from './command.ts'
import { importOptions, runImport } from './import-run.ts'
import { oneOf } from './operand.ts'

interface FileImport {
  readonly name: 'csv' | 'ndjson'
  readonly summary: string
  readonly details: string
  readonly examples: readonly string[]
  readonly open: (file: string, mapping: unknown, origin: string) => Promise<Origin>
}

function fileImport({ name, open, ...rest }: FileImport): Command {
  const origin = {
    type: 'string',
    value: 'NAME',
    meaning: `The name of the source in imported_users (default: ${name})`,
  } as const
  return defineCommand(
    {
      name: `import ${name}`,
      operands: '(FILE | -)',
      options: { origin, ...importOptions },
      ...rest,
    },
    async ({ values, positionals }) => {
      const file = oneOf(positionals, 'One file, or - for the standard input,')
      const from = parseOrigin(values.origin ?? name)
      await runImport(values, (mapping) => open(file, mapping, from))
    },
  )
}

function parseOrigin(text: string): string {
  if (/^[a-z][a-z0-9_-]{0,30}$/.test(text) && text !== ownOrigin) return text
  throw new UsageError('--origin must be a name in small letters, and not latchkey')
}

const importCsv = fileImport({
  name: 'csv',
  summary: 'Import users from a CSV file',
  details: `In UTF-8. The first line names the columns: email_address and password_hash, and
optionally id, email_verified_at, banned_at, created_at and updated_at. Run again,
it continues where it was interrupted, and changes nothing twice.`,
  examples: ['latchkey import csv users.csv --dry-run', 'latchkey import csv - < users.csv'],
  open: openCsv,
})

const importNdjson = fileImport({
  name: 'ndjson',
  summary: 'Import users from lines of JSON, or what latchkey export wrote',
  details: `Each line is an object with email_address and password_hash, and optionally id,
email_verified_at, banned_at, created_at and updated_at. An export brings back
sessions, API keys and events too.`,
  examples: ['latchkey import ndjson export.ndjson --json'],
  open: openNdjson,
})

/** Commands that import users from files. */
export const importCommands: readonly Command[] = [importCsv, importNdjson]
