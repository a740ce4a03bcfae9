import { readInstant, readText } from './columns.ts'
import type { Connection } from './database.ts'

/** That sessions of an origin came, and when. */
export interface SessionImport {
  readonly origin: string
  readonly importedAt: Date
}

/** Notes it; tokens of other systems are looked up from the newest on. */
export async function noteSessionImport(
  connection: Connection,
  { origin, importedAt }: SessionImport,
): Promise<void> {
  const values = [origin, importedAt]
  await connection.query(
    `INSERT INTO imported_sessions (origin, imported_at) VALUES ($1, $2)
     ON CONFLICT (origin) DO UPDATE SET imported_at = excluded.imported_at
     WHERE imported_sessions.imported_at < excluded.imported_at`,
    values,
  )
  await connection.query(
    'INSERT INTO session_imports (origin, imported_at) VALUES ($1, $2) ON CONFLICT DO NOTHING',
    values,
  )
}

/** Few: one for each import that brought some. */
export async function listSessionImports(connection: Connection): Promise<SessionImport[]> {
  // Where the version before this one imports, the newest is in the one table alone.
  const rows = await connection.query(
    `SELECT origin, imported_at FROM session_imports
     UNION SELECT origin, imported_at FROM imported_sessions`,
  )
  return rows.map((row) => ({ origin: readText(row[0]), importedAt: readInstant(row[1]) }))
}
