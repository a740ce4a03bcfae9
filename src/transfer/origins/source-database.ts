/** One row of a database, column by column. */
export type SourceRow = readonly unknown[]

/** A database that is only read, as it was when it was opened. */
export interface SourceDatabase {
  readonly kind: 'sqlite' | 'postgres'
  /** What whoever runs the import should know, in sentences. */
  readonly notes: readonly string[]
  /** The columns of a table or view; null where there is none, or none that may be read. */
  columnsOf(table: string): Promise<ReadonlySet<string> | null>
  /** A table's name as it stands in a statement. */
  quoteTable(table: string): string
  /** Row by row: at most one page is in memory. */
  rows(sql: string): AsyncIterable<SourceRow>
  close(): Promise<void>
}

/** A name of a column, as both databases read it. */
export function quote(name: string): string {
  // SECURITY: a name from the mapping must not end the identifier that it stands in.
  return `"${name.replaceAll('"', '""')}"`
}
