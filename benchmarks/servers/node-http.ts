// The lower limit of the cost: only `node:http` with the two queries, and no other check of Latchkey's.
import { hash } from 'node:crypto'
import { createServer } from 'node:http'
import { DatabaseSync } from 'node:sqlite'
import { file, port } from './environment.ts'
import { openProjects } from './projects.ts'

const projects = openProjects(file)
const sessions = new DatabaseSync(file, { readOnly: true }).prepare(
  `SELECT users.id, users.email_address, users.email_verified_at, users.created_at,
     users.updated_at, sessions.id, sessions.ip_address, sessions.user_agent,
     sessions.created_at, sessions.last_used_at
   FROM sessions JOIN users ON users.id = sessions.user_id WHERE sessions.token_digest = +?1`,
)
sessions.setReturnArrays(true)

createServer((request, response) => {
  const token = request.headers.authorization?.slice('Bearer '.length) ?? ''
  const row = sessions.get(hash('sha256', token, 'buffer')) as unknown as unknown[] | undefined
  if (!row) return void response.writeHead(401).end()
  const isProjects = request.url === '/v1/projects'
  const body = JSON.stringify(isProjects ? projects(String(row[0])) : { user: row[1] })
  response.writeHead(200, {
    'content-type': 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(body),
  })
  response.end(body)
}).listen(port, '127.0.0.1')
