import { answer, type Database, type Route, route } from 'latchkey/server'
import { z } from 'zod'
import { projects } from './projects.ts'

/** The scopes that an API key can have; a route names the one that it requires. */
export const scopes = ['projects:read', 'projects:write']

/** Your routes, in addition to Latchkey's; each declares who may use it. */
export function routes(database: Database): Route[] {
  return [welcome, ...projects(database)]
}

// The only route in this file that is open to everybody.
const welcome = route({
  method: 'GET',
  path: '/',
  access: 'public',
  summary: 'Where to begin',
  answers: {
    200: {
      description: 'The name of the API, and the path of its description',
      body: z.object({ name: z.string(), documentation: z.string() }),
    },
  },
  handle: () => answer({ name: 'Projects API', documentation: '/openapi.json' }),
})
