import type { Client } from '../client.ts'
import type { SubmittedCredentials } from '../credentials.ts'
import type { Authenticated, Session } from '../entities.ts'
import type { LoggedIn } from '../log-ins.ts'
import type { Secret } from '../secret.ts'
import type { OwnSession } from '../statements/sessions.ts'

/** Logging in and out, and the devices on which somebody is logged in. */
export interface SessionVerbs {
  /**
   * @returns null for every wrong pair of address and password
   * @throws AuthError `rate_limited`, `overloaded`, `unavailable`
   */
  logIn(credentials: SubmittedCredentials, client?: Client): Promise<LoggedIn | null>
  /** Ends a session: its token is refused from the moment this resolves. */
  logOut(session: Session, client?: Client): Promise<void>
  /** @returns null for a token that is malformed, unknown, revoked or expired */
  authenticate(token: string | Secret): Promise<Authenticated | null>
  /**
   * Gives the session another token; the old one is refused from the moment this resolves.
   *
   * @returns null where the token is no longer a session's
   * @throws AuthError `rate_limited`, `unavailable`
   */
  rotateToken(
    holder: { session: Session; token: string | Secret },
    client?: Client,
  ): Promise<Secret | null>
  /** When the session ends if it is not used again. */
  expiresAt(session: Session): Date
  /** Whether a session may do sensitive things: its password was verified within the last ten minutes. */
  isFresh(session: Session): boolean
  /**
   * Makes a session fresh again for whoever knows the password; each try counts.
   *
   * @param challenge the password
   * @returns until when it is, or why it is not
   * @throws AuthError `rate_limited`, `overloaded`, `unavailable`
   */
  freshen(
    authenticated: Authenticated,
    challenge: string,
    client?: Client,
  ): Promise<Date | 'wrong_password' | 'session_ended'>
  /**
   * A page of a user's unexpired sessions, newest first.
   *
   * @throws RangeError for an `after` that is not an id, and a `limit` that is no whole number
   */
  listSessions(userId: string, page: { limit: number; after: string | null }): Promise<Session[]>
  /**
   * @returns null where the user has no such session, or it has expired
   * @throws AuthError `validation_failed` for a name that is blank, not one line, or longer than 100 code points
   */
  renameSession(session: OwnSession, name: string): Promise<Session | null>
  /**
   * Without a client it counts as an operator's act.
   *
   * @returns whether the user had such a session, not yet expired; its token is refused from then on
   */
  revokeSession(session: OwnSession, client?: Client): Promise<boolean>
  /**
   * The same for users who end one of their own, also the acting one.
   *
   * @param session the one that acts, which must be live
   * @returns null where it has ended meanwhile
   */
  revokeOwnSession(session: OwnSession, id: string, client?: Client): Promise<boolean | null>
  /** Ends every session of a user. */
  revokeSessions(userId: string, client?: Client): Promise<void>
  /**
   * Ends all sessions of the user but this one.
   *
   * @returns how many unexpired ones there were; null where this one has ended meanwhile, and none was ended
   */
  revokeOtherSessions(session: OwnSession, client?: Client): Promise<number | null>
  /**
   * Ends every session of every user, in small steps. Sessions that begin meanwhile stay.
   *
   * @returns how many there were
   * @throws AuthError `unavailable`, perhaps with some of them ended: call it again for the rest
   */
  revokeAllSessions(client?: Client): Promise<number>
}
