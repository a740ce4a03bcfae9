import type { Session, SessionHorizon } from '../entities.ts'

export interface SessionStatements {
  insertSession(session: Session, tokenDigest: Uint8Array): Promise<void>
  /**
   * Deletes the oldest of the user's other sessions, so that at most `maximum` live ones are left, including this
   * one. Expired sessions do not count, but stay while they are among the newest `maximum`, because to a wrong clock
   * all of them seem expired.
   *
   * @returns the deleted sessions
   */
  trimSessions(
    session: OwnSession,
    limits: SessionHorizon & { maximum: number },
  ): Promise<Session[]>
  /** @returns the session with its new name, or null if the user has none with this id */
  renameSession(session: OwnSession, name: string): Promise<Session | null>
  /**
   * A single conditional statement: of concurrent calls only one finds the old digest.
   *
   * @returns whether the old digest was found
   */
  replaceTokenDigest(from: Uint8Array, to: Uint8Array): Promise<boolean>
  /** Records that the holder of the session proved at this instant that they know the password. */
  freshenSession(session: OwnSession, at: Date): Promise<void>
  /** @returns the deleted session, or null if the user has none with this id */
  deleteSession(session: OwnSession): Promise<Session | null>
  /** Deletes every session of a user. */
  deleteSessions(userId: string): Promise<void>
  /**
   * Deletes at most `maximum` sessions, of all users, with ids up to this one. Locked rows are skipped, because
   * waiting for them could deadlock.
   *
   * @returns how many were deleted
   */
  deleteSessionsUpTo(id: string, limits: { maximum: number }): Promise<number>
  /** Ends every session of the user but this one. */
  deleteOtherSessions(session: OwnSession): Promise<Session[]>
  /**
   * Notes that a user logs in from a kind of device: the first hundred kinds. Any other is new each time.
   *
   * @returns whether the device is new to a user who has been seen on others
   */
  seeDevice(device: SeenDevice): Promise<boolean>
}

/** A session and its owner: users name only their own. */
export type OwnSession = Pick<Session, 'id' | 'userId'>

export interface SeenDevice {
  readonly userId: string
  readonly device: string
  readonly seenAt: Date
}
