import { DatabaseSync } from 'node:sqlite'

/** The answer of every peer to `GET /v1/projects`, with the query and the shape of Latchkey's template. */
export function openProjects(file: string): (userId: string) => object {
  const database = new DatabaseSync(file, { readOnly: true })
  // Since SQLite 3.54, a statement with bare parameters would be planned anew at each call.
  const statement = database.prepare(
    `SELECT id, title, description, created_at, updated_at FROM projects
     WHERE user_id = +?1 AND id > +?2 ORDER BY id LIMIT 51`,
  )
  statement.setReturnArrays(true)
  return (userId) => {
    const rows = statement.all(userId, '') as unknown as unknown[][]
    const projects = rows.map(([id, title, description, createdAt, updatedAt]) => ({
      id,
      title,
      description,
      created_at: new Date(Number(createdAt)).toISOString(),
      updated_at: new Date(Number(updatedAt)).toISOString(),
    }))
    return { projects, next_cursor: null }
  }
}
