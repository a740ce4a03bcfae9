// Express with passport-http-bearer, and the same look-up of the token's digest as in Latchkey.
import { hash } from 'node:crypto'
import { DatabaseSync } from 'node:sqlite'
import express from 'express'
import passport from 'passport'
import { Strategy } from 'passport-http-bearer'
import { file, port } from './environment.ts'
import { openProjects } from './projects.ts'

const projects = openProjects(file)
const sessions = new DatabaseSync(file, { readOnly: true }).prepare(
  `SELECT users.id, users.email_address, sessions.id AS session_id, sessions.last_used_at
   FROM sessions JOIN users ON users.id = sessions.user_id WHERE sessions.token_digest = ?1`,
)
passport.use(
  new Strategy((token, done) => done(null, sessions.get(hash('sha256', token, 'buffer')) ?? false)),
)
const app = express()
const bearer = passport.authenticate('bearer', { session: false })
app.get('/v1/projects', bearer, ({ user }, response) => response.json(projects(Object(user).id)))
app.get('/v1/session', bearer, ({ user }, response) => response.json(user))
app.listen(port, '127.0.0.1')
