// better-auth at its defaults, on node:sqlite, with its bearer plugin.
import { createServer } from 'node:http'
import { toNodeHandler } from 'better-auth/node'
import { betterAuthOn } from './better-auth-instance.ts'
import { file, port, readCache } from './environment.ts'
import { openProjects } from './projects.ts'

const auth = betterAuthOn(file, { cache: readCache() })
const handle = toNodeHandler(auth)
const projects = openProjects(file)

createServer(async (request, response) => {
  if (!request.url?.startsWith('/v1/')) return handle(request, response)
  const { authorization = '' } = request.headers
  const session = await auth.api.getSession({ headers: new Headers({ authorization }) })
  if (!session) return response.writeHead(401).end()
  const isProjects = request.url === '/v1/projects'
  const body = JSON.stringify(isProjects ? projects(session.user.id) : session)
  response.writeHead(200, {
    'content-type': 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(body),
  })
  response.end(body)
}).listen(port, '127.0.0.1')
