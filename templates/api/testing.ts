import { createApp } from 'latchkey/server'
import type { TestServerOptions } from 'latchkey/testing'
import { openDatabase } from './database.ts'
import { routes, scopes } from './routes.ts'

/** How tests build this application: as `server.ts` does, but for what is outside. */
export const testOptions: TestServerOptions = {
  open: openDatabase,
  auth: { apiKeys: { scopes } },
  app: (auth, database) => createApp(auth, { mode: 'development', routes: routes(database) }),
}
