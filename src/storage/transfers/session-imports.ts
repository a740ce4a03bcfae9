import { readInstant, readInstantOrNull, readText } from '../columns.ts'
import type { Connection } from '../database.ts'

/** That sessions of an origin were imported, and when. */
export interface SessionImport {
  readonly origin: string
  readonly importedAt: Date
}

/** Notes that sessions were imported: from then on, tokens of other systems are looked up. */
export async function noteSessionImport(
  connection: Connection,
  { origin, importedAt }: SessionImport,
): Promise<void> {
  await connection.query(
    `INSERT INTO imported_sessions (origin, imported_at) VALUES ($1, $2)
     ON CONFLICT (origin) DO UPDATE SET imported_at = excluded.imported_at
     WHERE imported_sessions.imported_at < excluded.imported_at`,
    [origin, importedAt],
  )
}

export async function findLastSessionImport(connection: Connection): Promise<Date | null> {
  const [row] = await connection.query('SELECT max(imported_at) FROM imported_sessions')
  return row ? readInstantOrNull(row[0]) : null
}

/** Notes that all sessions were imported. After an interrupted import it is not known which ones were. */
export async function noteWholeSessionImport(
  connection: Connection,
  { origin, importedAt }: SessionImport,
): Promise<void> {
  await connection.query(
    'INSERT INTO session_imports (origin, imported_at) VALUES ($1, $2) ON CONFLICT DO NOTHING',
    [origin, importedAt],
  )
}

/** Whether sessions of an origin were imported after the last completed import. */
export async function isSessionImportOpen(
  connection: Connection,
  origin: string,
): Promise<boolean> {
  const [row] = await connection.query(
    `SELECT imported_at,
       (SELECT max(imported_at) FROM session_imports WHERE session_imports.origin = $1)
     FROM imported_sessions WHERE imported_sessions.origin = $1`,
    [origin],
  )
  if (!row) return false
  const whole = readInstantOrNull(row[1])
  return whole === null || whole < readInstant(row[0])
}

/** When imports of all sessions of an origin were completed. */
export async function listWholeSessionImports(
  connection: Connection,
  origin: string,
): Promise<Date[]> {
  const rows = await connection.query('SELECT imported_at FROM session_imports WHERE origin = $1', [
    origin,
  ])
  return rows.map(([importedAt]) => readInstant(importedAt))
}

/** All imports of sessions; there are few. */
export async function listSessionImports(connection: Connection): Promise<SessionImport[]> {
  // An interrupted import, or one by the previous version, is only in the second table.
  const rows = await connection.query(
    `SELECT origin, imported_at FROM session_imports
     UNION SELECT origin, imported_at FROM imported_sessions`,
  )
  return rows.map((row) => ({ origin: readText(row[0]), importedAt: readInstant(row[1]) }))
}
