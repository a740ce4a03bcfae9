// Fastify with @fastify/jwt, HS256, as its README has it.
import jwt from '@fastify/jwt'
import fastify from 'fastify'
import { file, port, secret } from './environment.ts'
import { openProjects } from './projects.ts'

const projects = openProjects(file)
const app = fastify()
await app.register(jwt, { secret })
app.get(
  '/v1/projects',
  { onRequest: async (request) => void (await request.jwtVerify()) },
  async ({ user }) => projects(Object(user).sub),
)
await app.listen({ port, host: '127.0.0.1' })
