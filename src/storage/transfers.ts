import { batchRows, byCount, findTexts, list, sendRows, tuples } from './batches.ts'
import { readText, readTextOrNull } from './columns.ts'
import type { Connection, Row, Value } from './database.ts'
import { firstId } from './page.ts'
import type { TransferTable } from './transfers/tables.ts'

/** All rows with all columns, in the order of their ids, page by page. */
export async function* pagesOf(
  connection: Connection,
  { name, columns }: TransferTable,
): AsyncGenerator<readonly Row[]> {
  const names = columns.map((column) => column.name).join(', ')
  const sql = `SELECT ${names} FROM ${name} WHERE id > $1 ORDER BY id LIMIT $2`
  let after: string | null = firstId
  while (after !== null) {
    const page: readonly Row[] = await connection.query(sql, [after, batchRows])
    if (page.length > 0) yield page
    after = readTextOrNull(page.at(-1)?.[0] ?? null)
  }
}

/** The id of a user in another system. */
export interface OriginId {
  readonly origin: string
  readonly originId: string
}

const selectOrigins = byCount(
  (count) =>
    `SELECT user_id, origin, origin_id FROM imported_users WHERE user_id IN ${list(count)}`,
)

/** The ids in other systems by user id. Their order depends on the database. */
export async function findOriginIds(
  connection: Connection,
  userIds: readonly string[],
): Promise<Map<string, OriginId[]>> {
  const found = new Map<string, OriginId[]>()
  const rows = await sendRows(connection, selectOrigins, { rows: userIds.map((id) => [id]) })
  for (const row of rows) {
    const userId = readText(row[0])
    const own = { origin: readText(row[1]), originId: readText(row[2]) }
    found.set(userId, [...(found.get(userId) ?? []), own])
  }
  return found
}

const inserts = new Map<string, (count: number) => string>()

/** @returns the ids of the inserted rows; rows that conflict with existing ones are skipped */
export async function insertRows(
  connection: Connection,
  table: TransferTable,
  rows: readonly (readonly Value[])[],
): Promise<Set<string>> {
  const insert = inserts.get(table.name) ?? byCount((count) => insertInto(table, count))
  inserts.set(table.name, insert)
  const inserted = await sendRows(connection, insert, { rows })
  return new Set(inserted.map(([id]) => readText(id)))
}

function insertInto({ name, columns }: TransferTable, count: number): string {
  const names = columns.map((column) => column.name).join(', ')
  return `INSERT INTO ${name} (${names}) VALUES ${tuples(count, columns.length)}
    ON CONFLICT DO NOTHING RETURNING id`
}

const selects = new Map<string, (count: number) => string>()

/** The ids among these that exist in a table. */
export async function findIds(
  connection: Connection,
  { name }: TransferTable,
  ids: readonly string[],
): Promise<Set<string>> {
  const select =
    selects.get(name) ?? byCount((count) => `SELECT id FROM ${name} WHERE id IN ${list(count)}`)
  selects.set(name, select)
  return findTexts(connection, select, ids)
}

const insertOrigins = byCount(
  (count) => `INSERT INTO imported_users (origin, origin_id, user_id) VALUES ${tuples(count, 3)}
    ON CONFLICT DO NOTHING`,
)

export async function insertOriginIds(
  connection: Connection,
  rows: readonly (OriginId & { readonly userId: string })[],
): Promise<void> {
  await sendRows(connection, insertOrigins, {
    rows: rows.map(({ origin, originId, userId }) => [origin, originId, userId]),
  })
}
