/** What a column can hold. SQLite keeps an instant as milliseconds since 1970, and reads it so. */
export type Value = string | number | Uint8Array | Date | null

/** One row, its columns in the order in which the statement names them. */
export type Row = readonly Value[]

/** Where a statement can be sent. Parameters are `$1`, `$2`, …; the text is prepared once. */
export interface Connection {
  query(sql: string, values?: readonly Value[]): Promise<Row[]>
}
