import {
  createApp,
  createAuth,
  createLog,
  createOutbox,
  createStore,
  createSweeper,
  migrateAtStart,
  observe,
  serve,
  start,
  warnOfMissingKeys,
} from 'latchkey/server'
import { openDatabase } from './database.ts'
import { mails } from './mails.ts'
import { routes, scopes } from './routes.ts'
import { chooseTransport } from './transport.ts'

await start(async (environment) => {
  const { mode, listen, databaseUrl, appUrl } = environment
  const { database, migrations } = await openDatabase(databaseUrl)
  const log = createLog(environment)
  const migration = await migrateAtStart(database, migrations, { log })

  const store = createStore(database)
  const watching = await observe(environment)
  const auth = createAuth({ ...environment, ...watching, store, apiKeys: { scopes }, log })
  const { transport, mailbox } = chooseTransport(environment.mail)
  const { from } = environment.mail
  const outbox = createOutbox(auth, { transport, from, appUrl, mails })
  outbox.start()
  const sweeper = createSweeper(auth)
  sweeper.start()

  const app = createApp(auth, { ...environment, routes: routes(database), mailbox })
  const onClose = async () => {
    await Promise.all([outbox.stop(), sweeper.stop()])
    await auth.flush()
    await database.close()
  }
  const { port } = await serve(app, { ...listen, onClose })
  log.info({ mode, port }, 'listening')
  await migration.finished
  void warnOfMissingKeys(database, { ...environment, log })
  if (mode === 'production') return
  // Not imported above, so that production does not even read these files.
  const { startFrontEnd } = await import('./front-end.ts')
  const { startDevelopment } = await import('./development.ts')
  await startFrontEnd({ ...environment, port })
  await startDevelopment({ ...environment, auth, database, port })
})
