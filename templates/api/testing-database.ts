import type { TestServerOptions } from 'latchkey/testing'
import { openDatabase } from './database.ts'

/** Where tests have their data: in a file of their own, which goes when they end. */
export const testingDatabase: Pick<TestServerOptions, 'open'> = { open: openDatabase }
