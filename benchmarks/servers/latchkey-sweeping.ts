// The server as in templates/api/server.ts, without mails, and with a sweep at each SIGUSR2.
import {
  createApp,
  createAuth,
  createLog,
  createStore,
  createSweeper,
  serve,
  start,
} from '../../src/server.ts'
import { openDatabase } from '../../templates/api/database.ts'
import { routes, scopes } from '../../templates/api/routes.ts'

await start(async (environment) => {
  const { database } = await openDatabase(environment.databaseUrl)
  const log = createLog(environment)
  const store = createStore(database)
  const auth = createAuth({ ...environment, store, apiKeys: { scopes }, log })
  const sweeper = createSweeper(auth, { log })
  process.on('SIGUSR2', async () => {
    await sweeper.sweep()
    process.send?.('swept')
  })
  const app = createApp(auth, { ...environment, routes: routes(database), log })
  const onClose = async () => {
    await sweeper.stop()
    await auth.flush()
    await database.close()
  }
  await serve(app, { ...environment.listen, onClose })
})
