import { OriginError } from '../origin.ts'
import type { SourceDatabase } from './source-database.ts'

/**
 * Opens what `--database` names: `sqlite:` or `sqlite3:` and a path, a bare path, or `postgres://`.
 *
 * @throws OriginError for what cannot be opened
 */
export async function openSource(url: string): Promise<SourceDatabase> {
  if (/^postgres(ql)?:/.test(url)) {
    // The application installs the package `pg` itself, if it needs it.
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
