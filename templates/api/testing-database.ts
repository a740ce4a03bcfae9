import type { TestServerOptions } from 'latchkey/testing'
import { openDatabase } from './database.ts'

/** Where tests keep their data: in a file of their own, which is deleted when they end. */
export const testingDatabase: Pick<TestServerOptions, 'open'> = { open: openDatabase }
