import type { Connection } from './connection.ts'
import type { EmailAddress } from './email-address.ts'
import type { Session, User } from './entities.ts'

/**
 * What your application does when something happens to a user, inside the same transaction: your
 * rows are committed with Latchkey's, or neither are. An error thrown by a hook undoes all of it;
 * an `AuthError` becomes the refusal that it is.
 *
 * Other writers wait meanwhile: a hook may only send statements, and after a second in SQLite,
 * three in PostgreSQL, all is undone.
 */
export type Hooks<Fields> = {
  readonly [Name in keyof HookEvents<Fields>]: (
    about: HookEvents<Fields>[Name],
    context: HookContext,
  ) => Promise<void> | void
}

/** What each hook is told. */
export interface HookEvents<Fields> {
  /**
   * `fields` is what `signUpFields` made of the body; null where none were given, as with
   * `auth.createUser`.
   */
  readonly onUserCreated: { readonly user: User; readonly fields: Fields | null }
  /** At each log-in, and for the first session of a new user. */
  readonly onSessionCreated: { readonly user: User; readonly session: Session }
  /** After a change by the user, a reset or an operator. */
  readonly onPasswordChanged: { readonly user: User }
  /** The user proved that they read the address's mail; `previous` is the old address where it changed. */
  readonly onEmailAddressVerified: { readonly user: User; readonly previous: EmailAddress | null }
  /** Before the user is deleted, with every row that refers to them. */
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
  /** The transaction: statements on your own tables. */
  readonly connection: Connection
  /**
   * Calls back after the commit, and nobody waits for it: for mails, queues, other services. An error that it throws is
   * logged. It is not called where the process dies in between: what must happen belongs in a row.
   */
  afterCommit(callback: () => unknown): void
}
