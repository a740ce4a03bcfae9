import {
  type AppOptions,
  type Auth,
  createAuth,
  createLog,
  createOutbox,
  createStore,
  createSweeper,
  migrateAtStart,
} from 'latchkey/server'
import { openDatabase } from './database.ts'
import { environment } from './environment.ts'
import { mails } from './mails.ts'
import { chooseTransport } from './transport.ts'

/** Authentication that runs, and what ends it. */
export interface Opened {
  readonly auth: Auth
  /** What its routes, and those that it closes, are to know of the environment. */
  readonly options: AppOptions
  close(): Promise<void>
}

/** Opens the database and migrates it, and sends mails and sweeps from then on. */
export async function openAuth(): Promise<Opened> {
  const settings = environment()
  const { database, migrations } = await openDatabase(settings.databaseUrl)
  const log = createLog(settings)
  await migrateAtStart(database, migrations, { log })

  const auth = createAuth({ ...settings, store: createStore(database), log })
  const { mail, appUrl } = settings
  const { transport, mailbox } = chooseTransport(mail)
  const outbox = createOutbox(auth, { transport, from: mail.from, appUrl, mails, log })
  outbox.start()
  const sweeper = createSweeper(auth, { log })
  sweeper.start()

  const close = async () => {
    await Promise.all([outbox.stop(), sweeper.stop()])
    await auth.flush()
    await database.close()
  }
  return { auth, options: { ...settings, mailbox, log }, close }
}
