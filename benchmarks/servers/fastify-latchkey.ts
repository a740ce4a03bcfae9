// Fastify with Latchkey mounted in it, as in the guide.
import fastify from 'fastify'
import { latchkey } from '../../src/fastify.ts'
import { file, port } from './environment.ts'
import { openAuth } from './mounted-auth.ts'
import { openProjects } from './projects.ts'

const projects = openProjects(file)
const app = fastify()
await app.register(latchkey, { auth: await openAuth() })
app.get('/v1/projects', async ({ user }) => projects(user.id))
await app.listen({ port, host: '127.0.0.1' })
