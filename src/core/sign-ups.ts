// What the verbs here promise is written in verbs/users.ts.
import type { Client } from './client.ts'
import type { Configuration } from './config.ts'
import { parseNewCredentials, type SubmittedCredentials } from './credentials.ts'
import { AuthError } from './errors.ts'
import { deviceOf, type LoggedIn } from './log-ins.ts'
import { type NewRegistration, queueRegistration } from './registrations.ts'
import { openSession } from './sessions.ts'
import { perform } from './unit-of-work.ts'
import { newUser } from './users.ts'

/** The outcome of a sign-up: a first session, or a mail with a link that creates the user. */
export type SignedUp =
  | ({ readonly outcome: 'signed_up' } & LoggedIn)
  | { readonly outcome: 'confirmation_queued' }

/** What a person types to sign up. */
export interface SubmittedSignUp extends SubmittedCredentials {
  /** The rest of the body as parsed by `signUpFields`, for `onUserCreated`; default null. */
  readonly fields?: unknown
}

// The hash is computed before the transaction begins, even for an address that turns out to be taken.
export async function signUp(
  config: Configuration,
  { fields = null, ...credentials }: SubmittedSignUp,
  client: Client,
): Promise<SignedUp> {
  if (config.signUp === 'closed') throw new AuthError('sign_up_closed')
  const { emailAddress, password } = parseNewCredentials(config, credentials)
  await config.guard.count('sign_up', { account: emailAddress, client })
  const passwordHash = await config.passwordHash.hash(password)
  const accepted = { emailAddress, passwordHash, fields }
  if (config.signUp === 'open') {
    return { outcome: 'signed_up', ...(await begin(config, accepted, client)) }
  }
  await queueRegistration(config, accepted, client)
  return { outcome: 'confirmation_queued' }
}

// Creates the user and the first session. The unique index decides whether the address is free, not a look-up.
async function begin(
  config: Configuration,
  { emailAddress, passwordHash, fields }: NewRegistration,
  client: Client,
): Promise<LoggedIn> {
  const user = newUser(config, emailAddress)
  const { session, token, digest } = openSession(config, user, client)
  await perform(config, client, async (unit, transaction) => {
    const isFree = await transaction.insertUser(user, passwordHash)
    if (!isFree) throw new AuthError('email_address_taken')
    // Failed attempts from before the address had a user no longer count.
    await config.guard.recover(transaction, user)
    await transaction.insertSession(session, digest)
    await transaction.seeDevice(deviceOf(session))
    const about = { userId: user.id, sessionId: session.id, emailAddress }
    await unit.record({ name: 'user_created', ...about })
    await unit.tell('onUserCreated', { user, fields })
    await unit.tell('onSessionCreated', { user, session })
  })
  return { user, session, token }
}
