import type { Pool } from 'pg'

/** The answer of every peer to `GET /v1/projects` from PostgreSQL, by a prepared statement. */
export function projectsOn(pool: Pool): (userId: string) => Promise<object> {
  const text = `SELECT id, title, description, created_at, updated_at FROM projects
    WHERE user_id = $1 AND id > $2 ORDER BY id LIMIT 51`
  const first = '00000000-0000-0000-0000-000000000000'
  return async (userId) => {
    const { rows } = await pool.query({ name: 'projects', text, values: [userId, first] })
    const projects = rows.map(({ created_at, updated_at, ...project }) => ({
      ...project,
      created_at: created_at.toISOString(),
      updated_at: updated_at.toISOString(),
    }))
    return { projects, next_cursor: null }
  }
}
