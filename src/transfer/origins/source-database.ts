import { OriginError } from '../origin.ts'

/** What a database gives for one row, column by column. */
export type SourceRow = readonly unknown[]

/** A database that is read, and never written to: all of it in the picture in which it was opened. */
export interface SourceDatabase {
  readonly kind: 'sqlite' | 'postgres'
  /** The columns of a table or view; null where there is none, or none that may be read. */
  columnsOf(table: string): Promise<ReadonlySet<string> | null>
  /** A table's name as it stands in a statement. */
  quoteTable(table: string): string
  /** Row by row: never more than one page of them is in memory. */
  rows(sql: string): AsyncIterable<SourceRow>
  close(): Promise<void>
}

/**
 * Opens what `--database` names: `sqlite:` or `sqlite3:` and a path, a bare path, or `postgres://`.
 *
 * @throws OriginError for what cannot be opened
 */
export async function openSource(url: string): Promise<SourceDatabase> {
  if (/^postgres(ql)?:/.test(url)) {
    // The package behind it is the application's to install, if it needs it.
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

/** A name of a column, as both databases read it. */
export function quote(name: string): string {
  // SECURITY: a name of the mapping must not end the identifier that it stands in.
  return `"${name.replaceAll('"', '""')}"`
}
