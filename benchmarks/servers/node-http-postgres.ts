// The lower limit of the cost: only `node:http` and `pg` with the two queries, the look-up on pipelined connections.
import { hash } from 'node:crypto'
import { createServer } from 'node:http'
import pg from 'pg'
import { databaseUrl, port } from './environment.ts'
import { projectsOn } from './postgres-projects.ts'

const projects = projectsOn(new pg.Pool({ connectionString: databaseUrl }))
const config = { connectionString: databaseUrl, pipeline: true }
const clients = await Promise.all([
  new pg.Client(config).connect(),
  new pg.Client(config).connect(),
])
const text = `SELECT users.id, users.email_address, users.email_verified_at, users.created_at,
    users.updated_at, sessions.id, sessions.ip_address, sessions.user_agent,
    sessions.created_at, sessions.last_used_at
  FROM sessions JOIN users ON users.id = sessions.user_id WHERE sessions.token_digest = $1`
let turn = 0

createServer(async (request, response) => {
  const token = request.headers.authorization?.slice('Bearer '.length) ?? ''
  const values = [hash('sha256', token, 'buffer')]
  turn = 1 - turn
  const found = await clients[turn]?.query({ name: 'check', text, values, rowMode: 'array' })
  const row = found?.rows[0]
  if (!row) return response.writeHead(401).end()
  const isProjects = request.url === '/v1/projects'
  const body = JSON.stringify(isProjects ? await projects(row[0]) : { user: row[1] })
  response.writeHead(200, {
    'content-type': 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(body),
  })
  response.end(body)
}).listen(port, '127.0.0.1')
