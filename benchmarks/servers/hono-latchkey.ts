// A Hono app with Latchkey mounted in it, as in the guide.
import { Hono } from 'hono'
import { type Protected, protect } from '../../src/hono.ts'
import { createApp, serve } from '../../src/server.ts'
import { file, port } from './environment.ts'
import { openAuth } from './mounted-auth.ts'
import { openProjects } from './projects.ts'

const projects = openProjects(file)
const auth = await openAuth()
const app = new Hono<Protected>()
app.route('/', createApp(auth))
app.use(protect(auth))
app.get('/v1/projects', (c) => c.json(projects(c.var.user.id)))
await serve(app, { host: '127.0.0.1', port, onClose: async () => {} })
