import { createApp, createAuth, createLog, readEnvironment, serve } from 'latchkey/server'
import { createStore, migrate, openSqlite, sqliteMigrations } from 'latchkey/sqlite'
import { seed } from './development.ts'
import { projects } from './projects.ts'

const environment = readEnvironment(process.env, process.argv)

const database = await openSqlite(environment.databaseUrl)
const ownMigrations = { owner: 'app', directory: new URL('./migrations/', import.meta.url) }
await migrate(database, [sqliteMigrations, ownMigrations])

const auth = createAuth({ ...environment, store: createStore(database) })
const log = createLog(environment)
const app = createApp(auth, { ...environment, routes: projects(database), log })

const { port } = await serve(app, environment.listen, () => database.close())
log.info({ mode: environment.mode, port }, 'listening')
if (environment.mode === 'development') await seed(auth, database, port)
