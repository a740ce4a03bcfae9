import {
  type AppOptions,
  type Auth,
  createAuth,
  createLog,
  createOutbox,
  createStore,
  createSweeper,
  explain,
  migrateAtStart,
  observe,
  warnOfMissingKeys,
} from 'latchkey/server'
import { openDatabase } from './database.ts'
import { environment } from './environment.ts'
import { mails } from './mails.ts'
import { chooseTransport } from './transport.ts'

/** Authentication with an open database; nothing has been started yet. */
export interface Opened {
  readonly auth: Auth
  /** The settings from the environment, for Latchkey's routes and for the routes that it protects. */
  readonly options: AppOptions
  /** Starts sending mails and deleting expired rows: for a server that listens. */
  start(): void
  /** Stops both, and writes pending changes. The database stays open for requests in progress. */
  stop(): Promise<void>
  /** Stops both, and closes the database. */
  close(): Promise<void>
}

/** Opens the database, and migrates it. */
export async function openAuth(args?: readonly string[]): Promise<Opened> {
  const settings = environment(args)
  const { database, migrations } = await openDatabase(settings.databaseUrl)
  const log = createLog(settings)
  const { finished } = await migrateAtStart(database, migrations, { log })
  // If the database was unreachable, it is migrated later, which may fail.
  finished.catch(giveUp)

  const watching = await observe(settings)
  const auth = createAuth({ ...settings, ...watching, store: createStore(database), log })
  const { mail, appUrl } = settings
  const { transport, mailbox } = chooseTransport(mail)
  const outbox = createOutbox(auth, { transport, from: mail.from, appUrl, mails })
  const sweeper = createSweeper(auth)

  const start = () => {
    outbox.start()
    sweeper.start()
    const warn = () => warnOfMissingKeys(database, { ...settings, log })
    finished.then(warn, () => {})
  }
  const stop = async () => {
    await Promise.all([outbox.stop(), sweeper.stop()])
    await auth.flush()
  }
  const close = async () => {
    await stop()
    await database.close()
  }
  return { auth, options: { ...settings, mailbox }, start, stop, close }
}

/** Prints why the server cannot start, as one sentence if the cause is a known one, and ends the process. */
export function giveUp(error: unknown): never {
  console.error(explain(error))
  process.exit(1)
}
