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
  type Value,
} from 'latchkey/server'
import { NIL, v7 as newId } from 'uuid'
import { z } from 'zod'

const path = '/v1/projects'
const id = z.object({ id: z.uuid().toLowerCase() })

/** The fields of a project that a client sends. */
const fields = z.object({
  title: textField({ maximumLength: 200 }),
  description: textField({ minimumLength: 0, maximumLength: 10_000 }).nullable(),
})
const newFields = fields.extend({
  description: fields.shape.description.default(null),
})
const changes = z.object({
  title: fields.shape.title.exactOptional(),
  description: fields.shape.description.exactOptional(),
})
type Fields = z.infer<typeof fields>

/** What clients see of a project. */
const shown = z.object({
  id: z.uuid(),
  title: z.string(),
  description: z.string().nullable(),
  created_at: z.iso.datetime(),
  updated_at: z.iso.datetime(),
})
type Project = z.infer<typeof shown>

const one = {
  description: 'The project',
  body: z.object({ project: shown }),
}
const many = z.object({
  projects: z.array(shown),
  next_cursor: z.uuid().nullable(),
})

/** The projects of the logged-in user, or of the API key's user; those of other users are not found. */
export function projects(database: Database): Route[] {
  return [
    route({
      method: 'GET',
      path,
      access: 'session_or_key',
      scope: 'projects:read',
      summary: 'List your projects, oldest first',
      query: pageQuery,
      answers: { 200: { description: 'A page of the list', body: many } },
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
      body: newFields,
      answers: { 201: one },
      async handle({ auth, user, body }) {
        const now = auth.config.clock()
        const created = await database.transaction(async (transaction) => {
          // If the user has been deleted since the request was let in, no project is created.
          const held = await transaction.query(holdUser, [user.id])
          if (held.length === 0) return null
          const values = [user.id, newId(), now, ...toValues(body)]
          const [row = []] = await transaction.query(insert, values)
          return toProject(row)
        })
        if (!created) return refuse('invalid_token')
        return answer({ project: created }, 201)
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
        const found = await find(database, byId, [params.id, user.id])
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
      body: changes,
      answers: { 200: one },
      async handle({ auth, user, params, body }) {
        const now = auth.config.clock()
        const changed = await database.transaction(async (transaction) => {
          // The row is locked, so that two simultaneous changes happen one after the other, and neither is lost.
          const found = await find(transaction, holdById, [params.id, user.id])
          if (!found) return null
          const values = [found.id, now, ...toValues({ ...found, ...body })]
          const [row = []] = await transaction.query(update, values)
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
      answers: { 204: { description: 'Deleted' } },
      async handle({ user, params }) {
        const deleted = await database.transaction((transaction) =>
          transaction.query(remove, [params.id, user.id]),
        )
        return deleted.length === 1 ? answer(undefined, 204) : refuse('not_found')
      },
    }),
  ]
}

const columns = 'id, title, description, created_at, updated_at'
const holdUser = 'SELECT 1 FROM users WHERE id = $1 FOR SHARE'
const listByUser = `SELECT ${columns} FROM projects
  WHERE user_id = $1 AND id > $2 ORDER BY id LIMIT $3`
const byId = `SELECT ${columns} FROM projects
  WHERE id = $1 AND user_id = $2`
const holdById = `${byId} FOR UPDATE`
const insert = `INSERT INTO projects (
    user_id, id, created_at, updated_at, title, description
  ) VALUES ($1, $2, $3, $3, $4, $5)
  RETURNING ${columns}`
const update = `UPDATE projects SET
    updated_at = $2, title = $3, description = $4
  WHERE id = $1
  RETURNING ${columns}`
const remove = `DELETE FROM projects
  WHERE id = $1 AND user_id = $2
  RETURNING id`

async function find(connection: Connection, sql: string, values: Value[]) {
  const [row] = await connection.query(sql, values)
  return row ? toProject(row) : null
}

function toValues(fields: Fields): Value[] {
  return [fields.title, fields.description]
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
