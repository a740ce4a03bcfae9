// Fastify without authentication: the upper bound for servers on Fastify, from which the cost of a check is measured.
import fastify from 'fastify'
import { file, port } from './environment.ts'
import { openProjects } from './projects.ts'
import { randomUsers } from './random-users.ts'

const projects = openProjects(file)
const anyUserId = randomUsers(file)
const app = fastify()
app.get('/v1/projects', async () => projects(anyUserId()))
await app.listen({ port, host: '127.0.0.1' })
