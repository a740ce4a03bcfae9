// Fastify with jose and a public key that is imported once, as jose's documentation has it.
import fastify from 'fastify'
import { importJWK, jwtVerify } from 'jose'
import { file, port, publicKey } from './environment.ts'
import { openProjects } from './projects.ts'

const projects = openProjects(file)
const key = await importJWK(publicKey)
const algorithms = [String(publicKey.alg)]
const app = fastify()
app.get('/v1/projects', async ({ headers }, reply) => {
  const token = headers.authorization?.slice('Bearer '.length) ?? ''
  const verified = await jwtVerify(token, key, { algorithms }).catch(() => null)
  return verified ? projects(String(verified.payload.sub)) : reply.code(401).send()
})
await app.listen({ port, host: '127.0.0.1' })
