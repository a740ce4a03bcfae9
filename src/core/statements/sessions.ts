import type { Session, SessionHorizon } from '../entities.ts'

export interface SessionStatements {
  insertSession(session: Session, tokenDigest: Uint8Array): Promise<void>
  /**
   * Ends the oldest sessions of a user beside this one, so that so many that live are left with it. Those
   * that are over do not count, and stay while they are among the newest so many: by a wrong clock all are.
   *
   * @returns what was ended
   */
  trimSessions(
    session: OwnSession,
    limits: SessionHorizon & { maximum: number },
  ): Promise<Session[]>
  /** @returns the session with its new name, or null where the user has none with this id */
  renameSession(session: OwnSession, name: string): Promise<Session | null>
  /**
   * The one statement by which a token takes another's place: of any number at once, one finds the
   * old digest.
   *
   * @returns whether it was there
   */
  replaceTokenDigest(from: Uint8Array, to: Uint8Array): Promise<boolean>
  /** Records that whoever holds the session knew the password at this instant. */
  freshenSession(session: OwnSession, at: Date): Promise<void>
  /** @returns the session that ended, or null where the user has none with this id */
  deleteSession(session: OwnSession): Promise<Session | null>
  /** Ends every session of a user. */
  deleteSessions(userId: string): Promise<void>
  /**
   * Ends so many sessions at most, whosever, whose ids are not greater than this one. What is in
   * somebody's hands stays: whoever waited for it could wait for whoever waits for them.
   *
   * @returns how many
   */
  deleteSessionsUpTo(id: string, limits: { maximum: number }): Promise<number>
  /** Ends every session of the user but this one. */
  deleteOtherSessions(session: OwnSession): Promise<Session[]>
  /**
   * Notes that a user logs in from a kind of device.
   *
   * @returns whether it is the first time, and the user has been seen on others before
   */
  seeDevice(device: SeenDevice): Promise<boolean>
}

/** A session, as the user whose it is may name it. */
export type OwnSession = Pick<Session, 'id' | 'userId'>

export interface SeenDevice {
  readonly userId: string
  readonly device: string
  readonly seenAt: Date
}
