import {
  createApp,
  createAuth,
  createLog,
  createOutbox,
  createStore,
  migrate,
  serve,
  start,
} from 'latchkey/server'
import { openSqlite, sqliteMigrations } from 'latchkey/sqlite'
import { startDevelopment } from './development.ts'
import { chooseTransport } from './mail.ts'
import { routes } from './routes.ts'

const ownMigrations = { owner: 'app', directory: new URL('./migrations/', import.meta.url) }

await start(async (environment) => {
  const { mode, listen, databaseUrl, appUrl, corsOrigins, trustedProxies, signUp } = environment
  const database = await openSqlite(databaseUrl)
  await migrate(database, [sqliteMigrations, ownMigrations])

  const log = createLog(environment)
  const auth = createAuth({ ...environment, store: createStore(database) })
  const { transport, mailbox } = chooseTransport(environment.mail)
  const outbox = createOutbox(auth, { transport, from: environment.mail.from, appUrl, log })
  outbox.start()

  const own = { routes: routes(database), mailbox }
  const app = createApp(auth, { ...own, corsOrigins, trustedProxies, signUp, mode, log })
  const onClose = async () => {
    await outbox.stop()
    await database.close()
  }
  const { port } = await serve(app, { ...listen, onClose })
  log.info({ mode, port }, 'listening')
  if (mode === 'development') await startDevelopment({ ...environment, auth, database, port })
})
