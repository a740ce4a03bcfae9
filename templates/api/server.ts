import {
  createApp,
  createAuth,
  createLog,
  createStore,
  migrate,
  serve,
  start,
} from 'latchkey/server'
import { openSqlite, sqliteMigrations } from 'latchkey/sqlite'
import { seed } from './development.ts'
import { routes } from './routes.ts'

const ownMigrations = { owner: 'app', directory: new URL('./migrations/', import.meta.url) }

await start(async ({ mode, listen, databaseUrl, passwords, sessions, logLevel, ...http }) => {
  const database = await openSqlite(databaseUrl)
  await migrate(database, [sqliteMigrations, ownMigrations])

  const auth = createAuth({ store: createStore(database), passwords, sessions })
  const log = createLog({ mode, logLevel })
  const app = createApp(auth, { ...http, mode, log, routes: routes(database) })

  const { port } = await serve(app, { ...listen, onClose: () => database.close() })
  log.info({ mode, port }, 'listening')
  if (mode === 'development') await seed(auth, database, port)
})
