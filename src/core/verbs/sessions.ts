import type { Client } from '../client.ts'
import type { Authenticated, Session } from '../entities.ts'
import type { SubmittedChallenge } from '../freshness.ts'
import type { LoggedIn, SubmittedCredentials } from '../log-ins.ts'
import type { Secret } from '../secret.ts'
import type { OwnSession } from '../statements/sessions.ts'

/** Logging in and out, and the devices on which somebody is logged in. */
export interface SessionVerbs {
  /**
   * @returns null for every pair that is not right
   * @throws AuthError `rate_limited`, `overloaded`, `unavailable`
   */
  logIn(credentials: SubmittedCredentials, client?: Client): Promise<LoggedIn | null>
  /** Ends a session: its token is refused from the moment this resolves. */
  logOut(session: Session, client?: Client): Promise<void>
  /** @returns null for a token that is malformed, unknown, revoked or expired */
  authenticate(token: string | Secret): Promise<Authenticated | null>
  /**
   * Another token for the same session; the old one is refused from the moment this resolves.
   *
   * @returns null where the token is not that of a session any more
   * @throws AuthError `rate_limited`, `unavailable`
   */
  rotateToken(
    holder: { session: Session; token: string | Secret },
    client?: Client,
  ): Promise<Secret | null>
  /** When a session that is not used again ends. */
  expiresAt(session: Session): Date
  /** Whether a session may do what is sensitive: its password was verified within ten minutes. */
  isFresh(session: Session): boolean
  /**
   * Makes a session fresh again.
   *
   * @returns until when, or why not
   * @throws AuthError `rate_limited`, `overloaded`, `unavailable`
   */
  freshen(
    authenticated: Authenticated,
    submitted: SubmittedChallenge,
  ): Promise<Date | 'wrong_password' | 'session_ended'>
  /**
   * A page of a user's sessions, newest first: those that are not over.
   *
   * @throws RangeError for an `after` that is no id
   */
  listSessions(userId: string, page: { limit: number; after: string | null }): Promise<Session[]>
  /**
   * @returns null where the user has no such session
   * @throws AuthError `validation_failed` for a name that is blank or longer than 100 code points
   */
  renameSession(session: OwnSession, name: string): Promise<Session | null>
  /**
   * Without a client it counts as an act of an operator.
   *
   * @param acting the session by which its user ends it, which has to live; default none
   * @returns whether the user had such a session; its token is refused from then on. Null where the acting one has
   *   ended meanwhile
   */
  revokeSession(
    session: OwnSession,
    client?: Client,
    acting?: OwnSession | null,
  ): Promise<boolean | null>
  /** Ends every session of a user. */
  revokeSessions(userId: string, client?: Client): Promise<void>
  /**
   * Ends all sessions of the user but this one.
   *
   * @returns how many there were; null where this one has ended meanwhile, and none was ended
   */
  revokeOtherSessions(session: OwnSession, client?: Client): Promise<number | null>
  /**
   * Ends every session there is, of everybody, in small steps. Who logs in meanwhile stays.
   *
   * @returns how many there were
   * @throws AuthError `unavailable`, with some of them ended: asked again, it ends the others
   */
  revokeAllSessions(client?: Client): Promise<number>
}
