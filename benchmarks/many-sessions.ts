import { join } from 'node:path'
import { sqliteEngine } from './growth/sqlite.ts'
import type { Fixture } from './peers.ts'

/** Creates a database with this number of live sessions, and returns the tokens of some, spread over all of them. */
export async function manySessions(folder: string, sessions: number): Promise<Fixture> {
  const { grow } = await sqliteEngine(folder)
  const { peer, database } = await grow(sessions)
  await database.close()
  return { ...peer.fixture, file: join(folder, `${sessions}.sqlite3`) }
}
