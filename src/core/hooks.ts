import type { Connection } from './connection.ts'
import type { EmailAddress } from './email-address.ts'
import type { Session, User } from './entities.ts'

/**
 * What your application does when something happens to a user, inside the transaction in which it
 * happens: your rows are there with Latchkey's, or neither are. What a hook throws undoes all of it, an
 * `AuthError` as the refusal that it is.
 *
 * Other writers wait meanwhile: a hook may do nothing but send statements, and after a second in SQLite,
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
   * `fields` is what `signUpFields` made of the body; null where none were given, as by
   * `auth.createUser`.
   */
  readonly onUserCreated: { readonly user: User; readonly fields: Fields | null }
  /** A log-in, and the first session of whoever signs up. */
  readonly onSessionCreated: { readonly user: User; readonly session: Session }
  /** By the user, by a reset, by an operator. */
  readonly onPasswordChanged: { readonly user: User }
  /** The user proved to read the mail of their address; `previous` is the one before, if it is another. */
  readonly onEmailAddressVerified: { readonly user: User; readonly previous: EmailAddress | null }
  /** Before the user goes, with every row that refers to them. */
  readonly onUserDeleted: { readonly user: User }
}

/** Every name, for whoever has to check one. */
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
   * Calls back when all is committed, and nobody waits for it: for mails, queues, other services. What
   * it throws is logged. It is not called where the process dies in between: what must happen is a row.
   */
  afterCommit(callback: () => unknown): void
}
