import type { Row, Snapshot } from '../storage/database.ts'
import { listSessionImports, type SessionImport } from '../storage/transfers/session-imports.ts'
import { apiKeys, deletedUsers, events, sessions, users } from '../storage/transfers/tables.ts'
import { findOriginIds, pagesOf } from '../storage/transfers.ts'
import { compare, end, header, writeOriginIds, writeRecord, writeSessionImport } from './record.ts'

/** The tables that an export reads; the others are not needed to move users elsewhere. */
export const exportedTables: readonly string[] = [
  ...[users, deletedUsers, sessions, apiKeys, events].map(({ name }) => name),
  'imported_users',
  'imported_sessions',
  'session_imports',
]

/**
 * The lines of an export, several in each text: the users and their rows, as an import reads them back.
 * Two exports of the same rows have the same bytes, even from different kinds of database.
 */
export async function* exportLines(snapshot: Snapshot): AsyncGenerator<string> {
  yield `${JSON.stringify(header)}\n`
  let records = 0
  const write = (all: readonly Record<string, unknown>[]) => {
    records += all.length
    return all.map((record) => `${JSON.stringify(record)}\n`).join('')
  }
  for await (const page of pagesOf(snapshot, users)) {
    const originIds = await findOriginIds(snapshot, page.map(idOf))
    yield write(
      page.map((row) => {
        const origins = writeOriginIds(originIds.get(idOf(row)) ?? [])
        return { ...writeRecord(users, row), origins }
      }),
    )
  }
  const imports = await listSessionImports(snapshot)
  yield write(imports.sort(inOrder).map(writeSessionImport))
  for (const table of [deletedUsers, sessions, apiKeys, events]) {
    for await (const page of pagesOf(snapshot, table)) {
      yield write(page.map((row) => writeRecord(table, row)))
    }
  }
  yield `${JSON.stringify({ type: end, records })}\n`
}

function inOrder(a: SessionImport, b: SessionImport): number {
  const byTime = a.importedAt.getTime() - b.importedAt.getTime()
  return compare(a.origin, b.origin) || byTime
}

function idOf(row: Row): string {
  return String(row[0])
}
