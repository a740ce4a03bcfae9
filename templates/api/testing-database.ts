import type { TestServerOptions } from 'latchkey/testing'
import { openDatabase } from './database.ts'

/** Where tests store their data: each test server in its own file, which is deleted when it closes. */
export const testingDatabase: Pick<TestServerOptions, 'open'> = { open: openDatabase }
