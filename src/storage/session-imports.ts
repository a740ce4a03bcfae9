import { readInstant, readInstantOrNull, readText } from './columns.ts'
import type { Connection } from './database.ts'

/** That sessions of an origin came, and when. */
export interface SessionImport {
  readonly origin: string
  readonly importedAt: Date
}

/** Notes that some have come; tokens of other systems are looked up from the newest on. */
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

/** Notes that all have come that there were: of an import that was cut off, nobody knows which did. */
export async function noteWholeSessionImport(
  connection: Connection,
  { origin, importedAt }: SessionImport,
): Promise<void> {
  await connection.query(
    'INSERT INTO session_imports (origin, imported_at) VALUES ($1, $2) ON CONFLICT DO NOTHING',
    [origin, importedAt],
  )
}

/** Whether sessions of an origin have come since all were there the last time. */
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

/** When all sessions of an origin had come that there were. */
export async function listWholeSessionImports(
  connection: Connection,
  origin: string,
): Promise<Date[]> {
  const rows = await connection.query('SELECT imported_at FROM session_imports WHERE origin = $1', [
    origin,
  ])
  return rows.map(([importedAt]) => readInstant(importedAt))
}

/** Few: one for each import that brought some. */
export async function listSessionImports(connection: Connection): Promise<SessionImport[]> {
  // Of one that was cut off, and of the version before this one, it is in the one table alone.
  const rows = await connection.query(
    `SELECT origin, imported_at FROM session_imports
     UNION SELECT origin, imported_at FROM imported_sessions`,
  )
  return rows.map((row) => ({ origin: readText(row[0]), importedAt: readInstant(row[1]) }))
}
