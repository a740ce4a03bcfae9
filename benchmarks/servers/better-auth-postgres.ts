// better-auth at its defaults, on a pool of pg, with its bearer plugin.
import { createServer } from 'node:http'
import { toNodeHandler } from 'better-auth/node'
import pg from 'pg'
import { betterAuthOnPostgres } from './better-auth-instance.ts'
import { databaseUrl, port } from './environment.ts'
import { projectsOn } from './postgres-projects.ts'

const pool = new pg.Pool({ connectionString: databaseUrl })
const auth = betterAuthOnPostgres(pool)
const handle = toNodeHandler(auth)
const projects = projectsOn(pool)

createServer(async (request, response) => {
  if (!request.url?.startsWith('/v1/')) return handle(request, response)
  const { authorization = '' } = request.headers
  const session = await auth.api.getSession({ headers: new Headers({ authorization }) })
  if (!session) return response.writeHead(401).end()
  const isProjects = request.url === '/v1/projects'
  const body = JSON.stringify(isProjects ? await projects(session.user.id) : session)
  response.writeHead(200, {
    'content-type': 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(body),
  })
  response.end(body)
}).listen(port, '127.0.0.1')
