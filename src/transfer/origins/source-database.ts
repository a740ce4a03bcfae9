/** One row of a database, column by column. */
export type SourceRow = readonly unknown[]

/** A database that is only read, in its state when it was opened. */
export interface SourceDatabase {
  readonly kind: 'sqlite' | 'postgres'
  /** Sentences for the person who runs the import. */
  readonly notes: readonly string[]
  /** The columns of a table or view; null if it does not exist, or must not be read. */
  columnsOf(table: string): Promise<ReadonlySet<string> | null>
  /** A table's name, quoted for a statement. */
  quoteTable(table: string): string
  /** The result, row by row; at most one page is in memory. */
  rows(sql: string): AsyncIterable<SourceRow>
  close(): Promise<void>
}

/** The name of a column, quoted for either database. */
export function quote(name: string): string {
  // SECURITY: a name from the mapping must not be able to end the quoted identifier.
  return `"${name.replaceAll('"', '""')}"`
}
