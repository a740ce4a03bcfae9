import { createApp, createAuth, createLog, serve, start } from 'latchkey/server'
import { createStore, migrate, openSqlite, sqliteMigrations } from 'latchkey/sqlite'
import { seed } from './development.ts'
import { routes } from './routes.ts'

const ownMigrations = { owner: 'app', directory: new URL('./migrations/', import.meta.url) }

await start(async (environment) => {
  const database = await openSqlite(environment.databaseUrl)
  await migrate(database, [sqliteMigrations, ownMigrations])

  const auth = createAuth({ ...environment, store: createStore(database) })
  const log = createLog(environment)
  const app = createApp(auth, { ...environment, routes: routes(database), log })

  const { port } = await serve(app, environment.listen, () => database.close())
  log.info({ mode: environment.mode, port }, 'listening')
  if (environment.mode === 'development') await seed(auth, database, port)
})
