// Fastify with nobody at the door: the upper bound of its kind, and what its check is measured from.
import fastify from 'fastify'
import { file, port } from './environment.ts'
import { openProjects } from './projects.ts'
import { randomUsers } from './random-users.ts'

const projects = openProjects(file)
const anyUserId = randomUsers(file)
const app = fastify()
app.get('/v1/projects', async () => projects(anyUserId()))
await app.listen({ port, host: '127.0.0.1' })
