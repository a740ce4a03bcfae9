import type { SessionAlias, SigningKey } from '../entities.ts'
import type { OwnSession } from './sessions.ts'

export interface AccessTokenStatements {
  /**
   * The one statement behind each issued token: the session keeps its alias, which now lives as long
   * as the token, or gets this one. Instants move forward, never back.
   *
   * @returns the `sid` of the session, or null where the session has ended
   */
  putSessionAlias(session: OwnSession, alias: SessionAlias): Promise<string | null>
  /** @returns whether it was inserted: of two keys of one generation, only one is */
  insertSigningKey(key: SigningKey): Promise<boolean>
  /** @returns whether it was deleted: the key exists, and another one signs at `now` */
  deleteSigningKey(id: string, now: Date): Promise<boolean>
}
