import type { Store } from '../core/store.ts'
import type { Database } from './database.ts'
import { deleteSession, findSession, insertSession } from './sessions.ts'
import { findCredentials, holdPasswordHash, insertUser, replacePasswordHash } from './users.ts'

/** Latchkey's tables in a database that was migrated. */
export function createStore(database: Database): Store {
  return {
    findSession: (tokenDigest) => findSession(database, tokenDigest),
    findCredentials: (emailAddress) => findCredentials(database, emailAddress),
    transaction: (work) =>
      database.transaction((transaction) =>
        work({
          insertUser: (user, passwordHash) => insertUser(transaction, user, passwordHash),
          insertSession: (session, digest) => insertSession(transaction, session, digest),
          holdPasswordHash: (user, hash) => holdPasswordHash(transaction, user, hash),
          replacePasswordHash: (user, change) => replacePasswordHash(transaction, user, change),
          deleteSession: (session) => deleteSession(transaction, session),
        }),
      ),
    async ping() {
      // A table, not a constant: SQLite would answer that without a look at the file.
      await database.query('SELECT id FROM users LIMIT 1')
    },
  }
}
