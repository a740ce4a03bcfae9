// The `auth` of the servers in which Latchkey is mounted.
import { type Auth, createAuth, createStore } from '../../src/server.ts'
import { openSqlite } from '../../src/sqlite.ts'
import { file } from './environment.ts'

export async function openAuth(): Promise<Auth> {
  return createAuth({ store: createStore(await openSqlite(file)) })
}
