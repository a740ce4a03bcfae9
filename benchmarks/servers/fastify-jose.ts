// Fastify with jose and a public key that is imported once, as in jose's documentation.
import fastify, { type FastifyRequest } from 'fastify'
import { importJWK, jwtVerify } from 'jose'
import { file, port, publicKey } from './environment.ts'
import { openProjects } from './projects.ts'

const projects = openProjects(file)
const key = await importJWK(publicKey)
const algorithms = [String(publicKey.alg)]
const app = fastify()
const verify = async ({ headers }: FastifyRequest) => {
  const token = headers.authorization?.slice('Bearer '.length) ?? ''
  const verified = await jwtVerify(token, key, { algorithms }).catch(() => null)
  return verified?.payload ?? null
}
app.get('/v1/projects', async (request, reply) => {
  const claims = await verify(request)
  return claims ? projects(String(claims.sub)) : reply.code(401).send()
})
app.get('/v1/session', async (request, reply) => (await verify(request)) ?? reply.code(401).send())
await app.listen({ port, host: '127.0.0.1' })
