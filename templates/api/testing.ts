import { createApp } from 'latchkey/server'
import type { TestServerOptions } from 'latchkey/testing'
import { routes, scopes } from './routes.ts'
import { testingDatabase } from './testing-database.ts'

/** How tests build this application: like `server.ts`, but without environment variables or a mail server. */
export const testOptions: TestServerOptions = {
  ...testingDatabase,
  auth: { apiKeys: { scopes } },
  app: (auth, database) => createApp(auth, { mode: 'development', routes: routes(database) }),
}
