// What the verbs here promise is written in verbs/email-verifications.ts.
import type { Client } from './client.ts'
import type { Configuration } from './config.ts'
import { type Confirmed, confirmRegistration, isRegistrationLive } from './confirmations.ts'
import { type EmailAddress, parseEmailAddress } from './email-address.ts'
import type { Authenticated, EmailProof, Session, User } from './entities.ts'
import { AuthError } from './errors.ts'
import { verifyChallenge } from './freshness.ts'
import { type NewMessage, newMessage } from './mail.ts'
import type { Secret } from './secret.ts'
import { holdLive } from './sessions.ts'
import type { StoreTransaction } from './store-transaction.ts'
import { generateToken, parseToken } from './tokens.ts'
import { perform, type UnitOfWork } from './unit-of-work.ts'

/** How long a link that verifies an address is valid after its mail was sent. */
export const emailVerificationHours = 24

export async function requestEmailVerification(
  config: Configuration,
  { session, user }: Authenticated,
  client: Client,
): Promise<boolean> {
  const recipient = user.emailAddress
  // Counted by address, not by user: signing up with it again makes another user.
  await config.guard.count('email_verification', { account: recipient, client })
  if (user.emailVerifiedAt !== null) return true
  return perform(config, client, async (unit, transaction) => {
    if (!(await holdLive(transaction, session))) return false
    await unit.queue(messageWithLink(config, { userId: user.id, recipient }))
    return true
  })
}

// Whether somebody has the address is not looked up here, so the caller cannot learn it.
export async function requestEmailChange(
  config: Configuration,
  { session, user }: Authenticated,
  { emailAddress, client }: { emailAddress: string; client: Client },
): Promise<boolean> {
  const recipient = parseEmailAddress(emailAddress)
  if (!recipient || recipient === user.emailAddress) {
    const code = recipient ? 'unchanged' : 'invalid'
    throw new AuthError('validation_failed', { fields: [{ field: 'emailAddress', code }] })
  }
  await config.guard.count('email_verification', { account: user.emailAddress, client })
  // Also by the recipient, who did not ask for the mail; mails that they request themselves are counted separately.
  await config.guard.count('verification_mail', { account: recipient, client })
  return perform(config, client, async (unit, transaction) => {
    if (!(await holdLive(transaction, session))) return false
    const requestedAt = config.clock()
    await transaction.putEmailChange({ userId: user.id, emailAddress: recipient, requestedAt })
    await unit.queue(messageWithLink(config, { userId: user.id, recipient }))
    const about = { userId: user.id, sessionId: session.id }
    await unit.record({ name: 'user_updated', ...about, detail: 'email_address_requested' })
    return true
  })
}

function messageWithLink(
  { clock }: Configuration,
  { userId, recipient }: { userId: string; recipient: EmailAddress },
): NewMessage {
  return { ...newMessage('email_verification', recipient, clock()), userId }
}

/** Creates a token for a user and an address, in the transaction in which its mail is sent. */
export async function issueEmailVerification(
  config: Configuration,
  transaction: StoreTransaction,
  proof: EmailProof,
): Promise<{ token: Secret; digest: Uint8Array }> {
  const createdAt = config.clock()
  const expiresAt = new Date(createdAt.getTime() + emailVerificationHours * 3_600_000)
  const { token, digest } = generateToken('emailVerification', config.random)
  await transaction.insertEmailVerification({ ...proof, createdAt, expiresAt }, digest)
  return { token, digest }
}

// Asked before the password is checked.
export async function isEmailVerificationLive(
  config: Configuration,
  token: string,
): Promise<boolean> {
  // Looked up at the same time: a link may verify an address or confirm a sign-up.
  const [live, isSignUp] = await Promise.all([
    findLive(config, token),
    isRegistrationLive(config, token),
  ])
  return live !== null || isSignUp
}

interface Live {
  readonly digest: Uint8Array
  readonly proof: EmailProof
}

async function findLive(config: Configuration, token: string): Promise<Live | null> {
  const digest = parseToken('emailVerification', token)
  const proof = digest && (await config.store.findEmailVerification(digest))
  return proof && config.clock() < proof.expiresAt ? { digest, proof } : null
}

/** What is submitted when a link is opened. */
export interface SubmittedProof {
  readonly token: string
  /** Who is logged in where the link is opened; null for nobody. */
  readonly authenticated: Authenticated | null
  /** Needed if nobody, or another user, is logged in. */
  readonly password: string | null
}

interface ClientProof extends SubmittedProof {
  readonly client: Client
}

/** The user whose address was verified, perhaps by confirming a sign-up, or why it was not. */
export type Verified =
  | { readonly outcome: 'verified'; readonly user: User }
  | { readonly outcome: 'invalid_token' | 'password_required' | 'wrong_password' }

// SECURITY: opening the link is not enough, or an attacker who signed up with somebody else's address would have it
// verified by the owner's click. The link also needs that user's session or password, which the owner of the mailbox
// does not have: the owner resets the password.
export async function verifyEmailAddress(
  config: Configuration,
  submitted: ClientProof,
): Promise<Verified> {
  const live = await findLive(config, submitted.token)
  if (!live) return toVerified(await confirmRegistration(config, submitted.token, submitted))
  const { authenticated, client } = submitted
  const isOwn = authenticated?.user.id === live.proof.userId
  const inSession = isOwn
    ? await consumeInSession(config, live, { session: authenticated.session, client })
    : null
  // Nobody is logged in as this user, or the session has just ended.
  return inSession ?? consumeByPassword(config, live, submitted)
}

/** @returns null if the session has ended */
async function consumeInSession(
  config: Configuration,
  live: Live,
  { session, client }: { session: Session; client: Client },
): Promise<Verified | null> {
  return perform(config, client, async (unit, transaction) => {
    if ((await holdLive(transaction, session)) === null) return null
    return consume(config, unit, live)
  })
}

async function consumeByPassword(
  config: Configuration,
  live: Live,
  { password, client }: Pick<ClientProof, 'password' | 'client'>,
): Promise<Verified> {
  if (password === null) return { outcome: 'password_required' }
  const user = await config.store.findUser(live.proof.userId)
  const isRight =
    user && (await verifyChallenge(config, user, { challenge: password, client })) !== null
  if (!isRight) return { outcome: 'wrong_password' }
  return perform(config, client, (unit) => consume(config, unit, live))
}

function toVerified(confirmed: Confirmed): Verified {
  if (typeof confirmed === 'string') return { outcome: confirmed }
  return { outcome: 'verified', user: confirmed }
}

async function consume(
  config: Configuration,
  unit: UnitOfWork,
  { digest, proof: { userId } }: Live,
): Promise<Verified> {
  const { transaction } = unit
  const at = config.clock()
  const held = await transaction.holdUser(userId)
  if (!held || held.bannedAt !== null) return { outcome: 'invalid_token' }
  const proof = await transaction.consumeEmailVerification(digest, at)
  if (!proof) return { outcome: 'invalid_token' }
  const proved = await transaction.verifyEmailAddress(proof, at)
  if (proved) {
    await unit.record({ name: 'user_updated', userId, detail: 'email_verified' })
    await unit.tell('onEmailAddressVerified', { user: proved, previous: null })
    return { outcome: 'verified', user: proved }
  }
  // SECURITY: a link is valid only for the address that is requested now, not for an earlier one (CVE-2026-32700).
  const isWanted = await transaction.consumeEmailChange(proof)
  const replaced = isWanted ? await transaction.replaceEmailAddress(proof, at) : null
  if (!replaced) return { outcome: 'invalid_token' }
  const { user, previous } = replaced
  await transaction.deletePasswordResets(user.id)
  await transaction.deleteEmailVerifications(user.id)
  // Failed attempts at the new address from before it was the user's, and at the previous one, no longer count.
  await config.guard.recover(transaction, { ...user, emailAddress: previous })
  await config.guard.recover(transaction, user)
  await unit.queue(newMessage('email_changed', previous, at))
  const { emailAddress } = user
  await unit.record({ name: 'user_updated', userId, detail: 'email_address', emailAddress })
  await unit.tell('onEmailAddressVerified', { user, previous })
  return { outcome: 'verified', user }
}
