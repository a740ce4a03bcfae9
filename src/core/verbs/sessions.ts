import type { Client } from '../client.ts'
import type { SubmittedCredentials } from '../credentials.ts'
import type { Authenticated, Session } from '../entities.ts'
import type { LoggedIn } from '../log-ins.ts'
import type { Secret } from '../secret.ts'
import type { OwnSession } from '../statements/sessions.ts'

/** Logging in and out, and the sessions of a user. */
export interface SessionVerbs {
  /**
   * Begins a session.
   *
   * @returns null if the address or the password is wrong, without saying which
   * @throws AuthError `rate_limited`, `overloaded`, `unavailable`
   */
  logIn(credentials: SubmittedCredentials, client?: Client): Promise<LoggedIn | null>
  /** Ends a session: its token is refused from the moment this resolves. */
  logOut(session: Session, client?: Client): Promise<void>
  /**
   * The session and user that a token belongs to. One indexed read, and no write.
   *
   * @returns null if the token is malformed, unknown, revoked or expired, or its user is banned
   * @throws AuthError `unavailable`
   */
  authenticate(token: string | Secret): Promise<Authenticated | null>
  /**
   * Replaces the token of a session: the old one is refused from the moment this resolves. Of two concurrent calls only
   * one gets a new token: the other's would have been replaced at once.
   *
   * @returns null if the token is not, or no longer, that of a session
   * @throws AuthError `rate_limited`, `unavailable`
   */
  rotateToken(
    holder: { session: Session; token: string | Secret },
    client?: Client,
  ): Promise<Secret | null>
  /** When a session expires if it is not used again. */
  expiresAt(session: Session): Date
  /** Whether a session may do sensitive things: its password was verified within the last 10 minutes. */
  isFresh(session: Session): boolean
  /**
   * Makes a session fresh again, if the password is right. Each try counts against the limits.
   *
   * @param challenge the password
   * @returns until when the session is fresh, or why it is not
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
   * @throws RangeError if `after` is not an id, or `limit` not a whole number
   */
  listSessions(userId: string, page: { limit: number; after: string | null }): Promise<Session[]>
  /**
   * Names a session, so that its user recognizes the device.
   *
   * @returns null if the user has no such session, or it has expired
   * @throws AuthError `validation_failed` for a name that is blank, not one line, or longer than 100 code points
   */
  renameSession(session: OwnSession, name: string): Promise<Session | null>
  /**
   * Revokes a session: its token is refused from the moment this resolves. Without a `client`, the event names an
   * operator.
   *
   * @returns whether the user had such a session, and it had not expired
   */
  revokeSession(session: OwnSession, client?: Client): Promise<boolean>
  /**
   * The same, for users who revoke a session of their own, which may be the acting one.
   *
   * @param session the session that acts
   * @returns null if that session has ended meanwhile
   */
  revokeOwnSession(session: OwnSession, id: string, client?: Client): Promise<boolean | null>
  /** Revokes every session of a user. */
  revokeSessions(userId: string, client?: Client): Promise<void>
  /**
   * Revokes all sessions of the user except this one.
   *
   * @returns how many had not expired; null if this session has ended meanwhile, and then none is revoked
   */
  revokeOtherSessions(session: OwnSession, client?: Client): Promise<number | null>
  /**
   * Revokes every session of every user, in small steps, so that other writers need not wait. Sessions that begin
   * meanwhile stay, and so do API keys.
   *
   * @returns how many there were, including expired ones that were not swept yet
   * @throws AuthError `unavailable`, possibly after some of them were revoked: call it again for the rest
   */
  revokeAllSessions(client?: Client): Promise<number>
}
