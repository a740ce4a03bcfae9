/** What a database gives for one row, column by column. */
export type SourceRow = readonly unknown[]

/** A database that is read, and never written to: all of it in the picture in which it was opened. */
export interface SourceDatabase {
  readonly kind: 'sqlite' | 'postgres'
  /** What whoever imports should know, in sentences. */
  readonly notes: readonly string[]
  /** The columns of a table or view; null where there is none, or none that may be read. */
  columnsOf(table: string): Promise<ReadonlySet<string> | null>
  /** A table's name as it stands in a statement. */
  quoteTable(table: string): string
  /** Row by row: never more than one page of them is in memory. */
  rows(sql: string): AsyncIterable<SourceRow>
  close(): Promise<void>
}

/** A name of a column, as both databases read it. */
export function quote(name: string): string {
  // SECURITY: a name of the mapping must not end the identifier that it stands in.
  return `"${name.replaceAll('"', '""')}"`
}
