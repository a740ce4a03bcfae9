// Latchkey's own routes, without limits, so that the bench can log in as often as it needs.
import { createApp, createAuth, createLog, createStore, serve, start } from '../../src/server.ts'
import { openDatabase } from '../../templates/api/database.ts'

await start(async (environment) => {
  const { database } = await openDatabase(environment.databaseUrl)
  const log = createLog(environment)
  const auth = createAuth({ ...environment, store: createStore(database), rateLimits: 'off', log })
  const app = createApp(auth, { ...environment, log })
  const onClose = async () => {
    await auth.flush()
    await database.close()
  }
  await serve(app, { ...environment.listen, onClose })
})
