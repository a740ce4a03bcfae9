import { OriginError } from '../origin.ts'
import type { SourceDatabase } from './source-database.ts'

/**
 * Opens the database of `--database`: `sqlite:` or `sqlite3:` with a path, a path alone, or `postgres://`.
 *
 * @throws OriginError if it cannot be opened
 */
export async function openSource(url: string): Promise<SourceDatabase> {
  if (/^postgres(ql)?:/.test(url)) {
    // Loaded only here, since the package `pg` is optional.
    const { openSourcePostgres } = await import('./source-postgres.ts')
    return openSourcePostgres(url)
  }
  const scheme = /^([a-z][a-z\d+.-]+):/i.exec(url)?.[1]?.toLowerCase()
  if (scheme !== undefined && scheme !== 'sqlite' && scheme !== 'sqlite3') {
    throw new OriginError(
      'Users come from SQLite and PostgreSQL: --database takes sqlite:PATH or postgres://…; from any other database bring them as a file of CSV or NDJSON',
    )
  }
  const { openSourceSqlite } = await import('./source-sqlite.ts')
  return openSourceSqlite(url)
}
