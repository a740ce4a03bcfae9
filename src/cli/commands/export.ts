import { constants, setPriority } from 'node:os'
import type { Snapshot } from '../../storage/database.ts'
import { requireAll } from '../../storage/migrate.ts'
import { openSqliteSnapshot } from '../../storage/sqlite-snapshot.ts'
import { exportedTables, exportLines } from '../../transfer/export.ts'
import { defineCommand } from './command.ts'
import { databaseOptions, withMigrated } from './database.ts'
import { escapeJsonLines } from './output.ts'
import { PrivateFile } from './private-file.ts'

export const exportDatabase = defineCommand(
  {
    name: 'export',
    summary: 'Write users, sessions, API keys and events as lines of JSON',
    details: `As they are at one instant, however long it takes; servers keep running meanwhile.
latchkey import ndjson reads it back, into either kind of database. It contains
password hashes and digests of tokens: protect it as you protect the database.`,
    operands: null,
    options: {
      output: {
        type: 'string',
        value: 'FILE',
        meaning: 'Write to a new file that only you can read, not to standard output',
      },
      ...databaseOptions,
    },
    examples: [
      'latchkey export --output export.ndjson',
      'latchkey export | (umask 077; gzip > export.gz)',
    ],
  },
  async ({ values }) => {
    setPriority(constants.priority.PRIORITY_LOW)
    await withMigrated(values, async (url) => {
      const snapshot = await openSnapshot(url)
      try {
        await requireAll(snapshot, exportedTables)
        await (values.output === undefined
          ? writeOut(snapshot)
          : writeFile(snapshot, new PrivateFile(values.output)))
      } finally {
        await snapshot.close()
      }
    })
  },
)

async function openSnapshot(url: string): Promise<Snapshot> {
  if (url.startsWith('sqlite:')) return openSqliteSnapshot(url)
  const { openPostgresSnapshot } = await import('../../storage/postgres-snapshot.ts')
  return openPostgresSnapshot(url)
}

async function writeOut(snapshot: Snapshot): Promise<void> {
  for await (const lines of exportLines(snapshot)) {
    // The reader may be slower than the database, or go away.
    await new Promise((resolve) => process.stdout.write(escapeJsonLines(lines), resolve))
    if (process.stdout.destroyed) return
  }
}

async function writeFile(snapshot: Snapshot, file: PrivateFile): Promise<void> {
  try {
    for await (const lines of exportLines(snapshot)) file.write(escapeJsonLines(lines))
    file.close()
  } catch (error) {
    file.remove()
    throw error
  }
}
