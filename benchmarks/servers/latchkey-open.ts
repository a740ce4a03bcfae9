// The server with the same route opened: the difference is the cost of a check.

import { z } from 'zod'
import {
  answer,
  createApp,
  createAuth,
  createLog,
  createStore,
  type Database,
  type Route,
  readInstant,
  readText,
  readTextOrNull,
  route,
  serve,
  start,
  toTimestamp,
} from '../../src/server.ts'
import { openSqlite } from '../../src/sqlite.ts'
import { file } from './environment.ts'
import { randomUsers } from './random-users.ts'

const anyUserId = randomUsers(file)

await start(async (environment) => {
  const database = await openSqlite(environment.databaseUrl)
  const auth = createAuth({ ...environment, store: createStore(database) })
  const log = createLog(environment)
  const app = createApp(auth, { routes: [openList(database)], mode: environment.mode, log })
  await serve(app, { ...environment.listen, onClose: () => database.close() })
})

const listByUser = `SELECT id, title, description, created_at, updated_at FROM projects
  WHERE user_id = $1 AND id > $2 ORDER BY id LIMIT $3`

// The list of templates/api/projects.ts, with no change but the owner.
function openList(database: Database): Route {
  const project = z.object({
    id: z.uuid(),
    title: z.string(),
    description: z.string().nullable(),
    created_at: z.iso.datetime(),
    updated_at: z.iso.datetime(),
  })
  const many = z.object({ projects: z.array(project), next_cursor: z.uuid().nullable() })
  return route({
    method: 'GET',
    path: '/v1/projects',
    access: 'public',
    summary: 'List the projects of somebody',
    query: z.object({
      limit: z.coerce.number().int().min(1).max(100).default(50),
      cursor: z.uuid().toLowerCase().optional(),
    }),
    answers: { 200: { description: 'A page of them', body: many } },
    async handle({ query: { limit, cursor = '' } }) {
      const rows = await database.query(listByUser, [anyUserId(), cursor, limit + 1])
      const found = rows.slice(0, limit).map((row) => ({
        id: readText(row[0]),
        title: readText(row[1]),
        description: readTextOrNull(row[2]),
        created_at: toTimestamp(readInstant(row[3])),
        updated_at: toTimestamp(readInstant(row[4])),
      }))
      const next_cursor = rows.length > limit ? (found.at(-1)?.id ?? null) : null
      return answer({ projects: found, next_cursor })
    },
  })
}
