// What the tests of backup and restore share: a server on a file, and the command beside it.
import { join } from 'node:path'
import { type Server, startServer } from '../harness.ts'
import { type Command, prepareCommand, type Ran, run } from './command.ts'

export interface Place extends Command {
  /** The database. */
  readonly file: string
  /** Types a line of a shell. */
  type(line: string): Promise<Ran>
  /** A server on the database, as it is now. */
  serve(): Promise<Server>
}

export async function preparePlace(): Promise<Place> {
  const command = await prepareCommand()
  const file = join(command.folder, 'storage/production.sqlite3')
  const { databaseUrl } = command
  return {
    ...command,
    file,
    type: (line) => run(command, line),
    serve: () => startServer({ databaseUrl, now: new Date() }),
  }
}

export async function stop({ database, outbox, auth }: Server): Promise<void> {
  await outbox.stop()
  await auth.flush()
  await database.close()
  // The harness closes it too, when the test has ended.
  Object.assign(database, { close: async () => {} })
}
