// The same for every framework: database, mails, shutdown.
import {
  type Auth,
  createAuth,
  createMailbox,
  createOutbox,
  createStore,
  createSweeper,
  migrate,
} from 'latchkey/server'
import { openSqlite, sqliteMigrations } from 'latchkey/sqlite'

/** Opens an `Auth` with its own database; `close` stops everything that was started for it. */
export async function openAuth(): Promise<{ auth: Auth; close: () => Promise<void> }> {
  const database = await openSqlite('storage/notes.sqlite3')
  await migrate(database, [sqliteMigrations])
  const auth = createAuth({ store: createStore(database) })
  const outbox = createOutbox(auth, {
    // In production, use `smtp({ url })` of latchkey/smtp.
    transport: createMailbox(),
    from: 'Notes <no-reply@example.com>',
    appUrl: 'https://app.example.com',
  })
  const sweeper = createSweeper(auth)
  outbox.start()
  sweeper.start()
  const close = async () => {
    await Promise.all([outbox.stop(), sweeper.stop()])
    await auth.flush()
    await database.close()
  }
  return { auth, close }
}
