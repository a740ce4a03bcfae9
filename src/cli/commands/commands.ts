import { apiKeyCommands } from './api-keys.ts'
import { backUpDatabase } from './backup.ts'
import type { Command } from './command.ts'
import { examineServer } from './doctor.ts'
import { listEvents } from './events.ts'
import { exportDatabase } from './export.ts'
import { generateResource } from './generate.ts'
import { generateAuthentication } from './generate-authentication.ts'
import { importCommands } from './import.ts'
import { databaseImportCommands } from './import-database.ts'
import { limitCommands } from './limits.ts'
import { migrateDatabase } from './migrate.ts'
import { newProject } from './new.ts'
import { listMessages } from './outbox.ts'
import { retryMessages } from './outbox-retry.ts'
import { restoreDatabase } from './restore.ts'
import { serveProject } from './serve.ts'
import { sessionCommands } from './sessions.ts'
import { signingKeyCommands } from './signing-keys.ts'
import { sweepDatabase } from './sweep.ts'
import { userCommands } from './users.ts'

/** All commands of `latchkey`, in the order of its help. */
export const commands: readonly Command[] = [
  newProject,
  generateResource,
  generateAuthentication,
  serveProject,
  migrateDatabase,
  ...databaseImportCommands,
  ...importCommands,
  exportDatabase,
  ...userCommands,
  ...sessionCommands,
  ...apiKeyCommands,
  ...signingKeyCommands,
  ...limitCommands,
  listEvents,
  listMessages,
  retryMessages,
  sweepDatabase,
  examineServer,
  backUpDatabase,
  restoreDatabase,
]
