// Fastify with @fastify/jwt, HS256, as in its README.
import jwt from '@fastify/jwt'
import fastify, { type FastifyRequest } from 'fastify'
import { file, port, secret } from './environment.ts'
import { openProjects } from './projects.ts'

const projects = openProjects(file)
const app = fastify()
await app.register(jwt, { secret })
const onRequest = async (request: FastifyRequest) => void (await request.jwtVerify())
app.get('/v1/projects', { onRequest }, async ({ user }) => projects(Object(user).sub))
app.get('/v1/session', { onRequest }, async ({ user }) => user)
await app.listen({ port, host: '127.0.0.1' })
