import type { Connection } from './connection.ts'
import type { EmailAddress } from './email-address.ts'
import type { Session, User } from './entities.ts'

/**
 * What your application does when something happens to a user, in the same transaction: your rows are committed with
 * Latchkey's, or none are. An error thrown by a hook rolls all of it back, and an `AuthError` becomes the answer.
 *
 * Other writers wait meanwhile: a hook may only run statements, and the transaction is rolled back if it takes more
 * than a second in SQLite, or three in PostgreSQL.
 */
export type Hooks<Fields> = {
  readonly [Name in keyof HookEvents<Fields>]: (
    about: HookEvents<Fields>[Name],
    context: HookContext,
  ) => Promise<void> | void
}

/** The first argument of each hook. */
export interface HookEvents<Fields> {
  /**
   * `fields` is the body as parsed by `signUpFields`; null if there were none, as with `auth.createUser`.
   */
  readonly onUserCreated: { readonly user: User; readonly fields: Fields | null }
  /** At each log-in, and for the first session of a new user. */
  readonly onSessionCreated: { readonly user: User; readonly session: Session }
  /** After a change by the user, a reset or an operator. */
  readonly onPasswordChanged: { readonly user: User }
  /** The user proved that they read the mail of the address; `previous` is the old address if it changed, else null. */
  readonly onEmailAddressVerified: { readonly user: User; readonly previous: EmailAddress | null }
  /** Before the user and every row that refers to them are deleted. */
  readonly onUserDeleted: { readonly user: User }
}

/** Every hook's name, to check names at run time. */
export const hookNames = [
  'onUserCreated',
  'onSessionCreated',
  'onPasswordChanged',
  'onEmailAddressVerified',
  'onUserDeleted',
] as const satisfies (keyof HookEvents<unknown>)[]

/** What a hook may use. */
export interface HookContext {
  /** The transaction, for statements on your own tables. */
  readonly connection: Connection
  /**
   * Calls back after the commit, for mails, queues and other services. Nobody waits for it, and an error that it throws
   * is logged. If the process dies in between it is never called: what must happen belongs in a row.
   */
  afterCommit(callback: () => unknown): void
}
