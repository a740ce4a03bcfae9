/** The value of a column. SQLite stores an instant as milliseconds since 1970, and returns that number. */
export type Value = string | number | Uint8Array | Date | null

/** One row: its columns, in the order in which the statement names them. */
export type Row = readonly Value[]

/** Runs statements. Parameters are `$1`, `$2`, …; each text is prepared once. */
export interface Connection {
  query(sql: string, values?: readonly Value[]): Promise<Row[]>
}
