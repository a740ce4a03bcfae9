import { MigrationError, migrate } from 'latchkey/server'
import { openDatabase } from './database.ts'
import { environment } from './environment.ts'

migrateDatabase().catch((error) => {
  // What can be mended is said in a sentence.
  console.error(error instanceof MigrationError ? error.message : error)
  process.exitCode = 1
})

async function migrateDatabase(): Promise<void> {
  const { database, migrations } = await openDatabase(environment().databaseUrl)
  try {
    const applied = await migrate(database, migrations)
    console.log(applied.length === 0 ? 'The database is up to date' : `Applied ${applied.length}`)
  } finally {
    await database.close()
  }
}
