import { migrate } from 'latchkey/server'
import { giveUp } from './auth.ts'
import { openDatabase } from './database.ts'
import { environment } from './environment.ts'

migrateDatabase().catch(giveUp)

async function migrateDatabase(): Promise<void> {
  const { database, migrations } = await openDatabase(environment().databaseUrl)
  try {
    const applied = await migrate(database, migrations)
    console.log(applied.length === 0 ? 'The database is up to date' : `Applied ${applied.length}`)
  } finally {
    await database.close()
  }
}
