import {
  answer,
  type Connection,
  type Database,
  pageOf,
  pageQuery,
  type Route,
  type Row,
  readInstant,
  readText,
  readTextOrNull,
  refuse,
  route,
  textField,
  toTimestamp,
} from 'latchkey/server'
import { NIL, v7 as newId } from 'uuid'
import { z } from 'zod'

const path = '/v1/projects'
const id = z.object({ id: z.uuid().toLowerCase() })
const title = textField({ maximumLength: 200 })
const description = textField({ minimumLength: 0, maximumLength: 10_000 }).nullable()
const project = z.object({
  id: z.uuid(),
  title: z.string(),
  description: z.string().nullable(),
  created_at: z.iso.datetime(),
  updated_at: z.iso.datetime(),
})
type Project = z.infer<typeof project>

const one = { description: 'The project', body: z.object({ project }) }
const many = z.object({ projects: z.array(project), next_cursor: z.uuid().nullable() })

/** The projects of whoever is logged in, or of whose API key it is; another user's do not exist. */
export function projects(database: Database): Route[] {
  return [
    route({
      method: 'GET',
      path,
      access: 'session_or_key',
      scope: 'projects:read',
      summary: 'List your projects, oldest first',
      query: pageQuery,
      answers: { 200: { description: 'A page of them', body: many } },
      async handle({ user, query: { limit, cursor = NIL } }) {
        const rows = await database.query(listByUser, [user.id, cursor, limit + 1])
        const { page, next_cursor } = pageOf(rows.map(toProject), limit)
        return answer({ projects: page, next_cursor })
      },
    }),

    route({
      method: 'POST',
      path,
      access: 'session_or_key',
      scope: 'projects:write',
      summary: 'Create a project',
      body: z.object({ title, description: description.default(null) }),
      answers: { 201: one },
      async handle({ auth, user, body: { title, description } }) {
        const now = auth.config.clock()
        const project = await database.transaction(async (transaction) => {
          // Whoever was deleted since the request was let in gets no project.
          const held = await transaction.query(holdUser, [user.id])
          if (held.length === 0) return null
          const [row = []] = await transaction.query(
            `INSERT INTO projects (user_id, ${columns}) VALUES ($1, $2, $3, $4, $5, $5)
             RETURNING ${columns}`,
            [user.id, newId(), title, description, now],
          )
          return toProject(row)
        })
        return project ? answer({ project }, 201) : refuse('invalid_token')
      },
    }),

    route({
      method: 'GET',
      path: `${path}/:id`,
      access: 'session_or_key',
      scope: 'projects:read',
      summary: 'One of your projects',
      params: id,
      answers: { 200: one },
      async handle({ user, params }) {
        const found = await find(database, user.id, params.id)
        return found ? answer({ project: found }) : refuse('not_found')
      },
    }),

    route({
      method: 'PATCH',
      path: `${path}/:id`,
      access: 'session_or_key',
      scope: 'projects:write',
      summary: 'Change the fields that are sent',
      params: id,
      body: z.object({ title, description }).partial(),
      answers: { 200: one },
      async handle({ auth, user, params, body }) {
        const changed = await database.transaction(async (transaction) => {
          const found = await find(transaction, user.id, params.id)
          if (!found) return null
          const { title = found.title, description = found.description } = body
          const [row = []] = await transaction.query(
            `UPDATE projects SET title = $1, description = $2, updated_at = $3 WHERE id = $4
             RETURNING ${columns}`,
            [title, description, auth.config.clock(), found.id],
          )
          return toProject(row)
        })
        return changed ? answer({ project: changed }) : refuse('not_found')
      },
    }),

    route({
      method: 'DELETE',
      path: `${path}/:id`,
      access: 'session_or_key',
      scope: 'projects:write',
      summary: 'Delete a project',
      params: id,
      answers: { 204: { description: 'It is gone' } },
      async handle({ user, params }) {
        const deleted = await database.transaction((transaction) =>
          transaction.query('DELETE FROM projects WHERE id = $1 AND user_id = $2 RETURNING id', [
            params.id,
            user.id,
          ]),
        )
        return deleted.length === 1 ? answer(undefined, 204) : refuse('not_found')
      },
    }),
  ]
}

const columns = 'id, title, description, created_at, updated_at'
const holdUser = 'SELECT 1 FROM users WHERE id = $1 FOR SHARE'
const listByUser = `SELECT ${columns} FROM projects WHERE user_id = $1 AND id > $2
  ORDER BY id LIMIT $3`

async function find(connection: Connection, userId: string, id: string): Promise<Project | null> {
  const [row] = await connection.query(
    `SELECT ${columns} FROM projects WHERE id = $1 AND user_id = $2`,
    [id, userId],
  )
  return row ? toProject(row) : null
}

function toProject(row: Row): Project {
  return {
    id: readText(row[0]),
    title: readText(row[1]),
    description: readTextOrNull(row[2]),
    created_at: toTimestamp(readInstant(row[3])),
    updated_at: toTimestamp(readInstant(row[4])),
  }
}
