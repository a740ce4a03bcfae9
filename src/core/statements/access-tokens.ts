import type { SessionAlias, SigningKey } from '../entities.ts'
import type { OwnSession } from './sessions.ts'

export interface AccessTokenStatements {
  /**
   * The one statement by which a token is issued: the session keeps the alias that it has, which now
   * lives on as long as the token, or gets this one. Instants move forward, never back.
   *
   * @returns the `sid` of the session, or null where it has ended
   */
  putSessionAlias(session: OwnSession, alias: SessionAlias): Promise<string | null>
  /** @returns whether it is the next generation: of two at once, one is */
  insertSigningKey(key: SigningKey): Promise<boolean>
  /** @returns whether there was one with this id, and another one signs at `now` */
  deleteSigningKey(id: string, now: Date): Promise<boolean>
}
