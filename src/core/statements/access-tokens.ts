import type { SessionAlias, SigningKey } from '../entities.ts'
import type { OwnSession } from './sessions.ts'

export interface AccessTokenStatements {
  /**
   * Called for each issued token, and a single statement: a session that has an alias keeps it, with its instants moved
   * forward, never back; any other session gets this alias.
   *
   * @returns the `sid` of the session, or null if the session has ended
   */
  putSessionAlias(session: OwnSession, alias: SessionAlias): Promise<string | null>
  /** @returns whether it was inserted; of two keys of one generation only one is */
  insertSigningKey(key: SigningKey): Promise<boolean>
  /** @returns whether it was deleted; false if there is no such key, or it is the one that signs at `now` */
  deleteSigningKey(id: string, now: Date): Promise<boolean>
}
