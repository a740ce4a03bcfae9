// Express with Latchkey mounted in it, as in the guide.
import express from 'express'
import { latchkey, protect } from '../../src/express.ts'
import { file, port } from './environment.ts'
import { openAuth } from './mounted-auth.ts'
import { openProjects } from './projects.ts'

const projects = openProjects(file)
const auth = await openAuth()
const app = express()
app.use(latchkey(auth))
app.use(protect(auth))
app.get('/v1/projects', ({ user }, response) => void response.json(projects(user.id)))
app.listen(port, '127.0.0.1')
