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

/** How long a link to prove an address works after its mail left. */
export const emailVerificationHours = 24

/**
 * Queues the mail with a link that proves the user's address; does nothing where it is proved.
 *
 * @returns false where the session has ended meanwhile
 * @throws AuthError `rate_limited`, `unavailable`
 */
export async function requestEmailVerification(
  config: Configuration,
  { session, user }: Authenticated,
  client: Client,
): Promise<boolean> {
  const recipient = user.emailAddress
  // By address, not by user: whoever signs up with it anew is another user.
  await config.guard.count('email_verification', { account: recipient, client })
  if (user.emailVerifiedAt !== null) return true
  return perform(config, client, async (transaction, unit) => {
    if (!(await holdLive(transaction, session))) return false
    await unit.queue(messageWithLink(config, { userId: user.id, recipient }))
    return true
  })
}

/**
 * Notes the address that a user wants, and queues the mail with the link that proves it: until then
 * nothing changes. A link for an address that was wanted before becomes useless. Whether somebody
 * has the address is neither told nor looked up here.
 *
 * @returns false where the session has ended meanwhile
 * @throws AuthError `validation_failed`, `rate_limited`, `unavailable`
 */
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
  // Also by the recipient, who did not ask for the mail; what they ask for themselves is counted apart.
  await config.guard.count('verification_mail', { account: recipient, client })
  return perform(config, client, async (transaction, unit) => {
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

/** A new link for a user and an address, as part of the transaction in which its mail leaves. */
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

/** Whether a token would be accepted now: asked before a password is looked at. */
export async function isEmailVerificationLive(
  config: Configuration,
  token: string,
): Promise<boolean> {
  // Neither look waits for the other.
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

/** What somebody submits who opens a link. */
export interface SubmittedProof {
  readonly token: string
  /** The user who is logged in where the link is opened. */
  readonly authenticated: Authenticated | null
  /** For somebody who is not logged in, or is logged in as another user. */
  readonly password: string | null
}

/** What is submitted, and where it comes from. */
interface Redemption extends SubmittedProof {
  readonly client: Client
}

/** The user whose address is proved, perhaps by the end of a sign-up, or why it is not. */
export type Verified =
  | { readonly outcome: 'verified'; readonly user: User }
  | { readonly outcome: 'invalid_token' | 'password_required' | 'wrong_password' }

/**
 * Consumes the token of a link: the address counts as proved, and after a change it is the user's
 * from now on, and the previous one is told. The link of a sign-up creates the user.
 *
 * SECURITY: opening a link is not enough. Whoever signed up with somebody else's address and waits
 * for the owner's click would have it proved for themselves: the link asks for the session, or for
 * the password, which the owner of the mailbox does not know and has to reset.
 *
 * @throws AuthError `email_address_taken`, `rate_limited`, `overloaded`, `unavailable`, and what a
 *   hook refuses
 */
export async function verifyEmailAddress(
  config: Configuration,
  submitted: Redemption,
): Promise<Verified> {
  const live = await findLive(config, submitted.token)
  if (!live) return toVerified(await confirmRegistration(config, submitted.token, submitted))
  const { authenticated, client } = submitted
  const isOwn = authenticated?.user.id === live.proof.userId
  const inSession = isOwn
    ? await redeemInSession(config, live, { session: authenticated.session, client })
    : null
  // Nobody is logged in as this user, or the session has just ended.
  return inSession ?? redeemByPassword(config, live, submitted)
}

/** @returns null if the session has ended */
async function redeemInSession(
  config: Configuration,
  live: Live,
  { session, client }: { session: Session; client: Client },
): Promise<Verified | null> {
  return perform(config, client, async (transaction, unit) => {
    if ((await holdLive(transaction, session)) === null) return null
    return redeem(config, { transaction, unit }, live)
  })
}

async function redeemByPassword(
  config: Configuration,
  live: Live,
  { password, client }: Pick<Redemption, 'password' | 'client'>,
): Promise<Verified> {
  if (password === null) return { outcome: 'password_required' }
  const user = await config.store.findUser(live.proof.userId)
  const isRight =
    user && (await verifyChallenge(config, user, { challenge: password, client })) !== null
  if (!isRight) return { outcome: 'wrong_password' }
  return perform(config, client, (transaction, unit) => redeem(config, { transaction, unit }, live))
}

function toVerified(confirmed: Confirmed): Verified {
  if (typeof confirmed === 'string') return { outcome: confirmed }
  return { outcome: 'verified', user: confirmed }
}

async function redeem(
  config: Configuration,
  { transaction, unit }: { transaction: StoreTransaction; unit: UnitOfWork },
  { digest, proof: { userId } }: Live,
): Promise<Verified> {
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
  // SECURITY: the link is for the change that is wanted now, and for no other (CVE-2026-32700).
  const isWanted = await transaction.consumeEmailChange(proof)
  const replaced = isWanted ? await transaction.replaceEmailAddress(proof, at) : null
  if (!replaced) return { outcome: 'invalid_token' }
  const { user, previous } = replaced
  await transaction.deletePasswordResets(user.id)
  await transaction.deleteEmailVerifications(user.id)
  // Failed tries at the address while it was nobody's, and at the previous one, no longer count.
  await config.guard.recover(transaction, { ...user, emailAddress: previous })
  await config.guard.recover(transaction, user)
  await unit.queue(newMessage('email_changed', previous, at))
  const { emailAddress } = user
  await unit.record({ name: 'user_updated', userId, detail: 'email_address', emailAddress })
  await unit.tell('onEmailAddressVerified', { user, previous })
  return { outcome: 'verified', user }
}
