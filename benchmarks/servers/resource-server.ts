// Fastify with latchkey/resource-server, as in its guide.
import fastify from 'fastify'
import { resourceServer } from '../../src/resource-server.ts'
import { accessTokens, file, port } from './environment.ts'
import { openProjects } from './projects.ts'

const projects = openProjects(file)
const { authenticate } = resourceServer(accessTokens)
const app = fastify()
app.get('/v1/projects', async ({ headers }, reply) => {
  const caller = await authenticate(headers.authorization)
  if ('status' in caller) return reply.code(caller.status).headers(caller.headers).send(caller.body)
  return projects(caller.userId)
})
app.get('/v1/session', async ({ headers }, reply) => {
  const caller = await authenticate(headers.authorization)
  if ('status' in caller) return reply.code(caller.status).headers(caller.headers).send(caller.body)
  return caller
})
await app.listen({ port, host: '127.0.0.1' })
