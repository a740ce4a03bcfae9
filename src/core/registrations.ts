import type { Client } from './client.ts'
import type { Configuration } from './config.ts'
import type { EmailAddress } from './email-address.ts'
import type { Registration } from './entities.ts'
import { type Message, newMessage } from './mail.ts'
import type { Secret } from './secret.ts'
import type { StoreTransaction } from './store-transaction.ts'
import { generateToken } from './tokens.ts'
import { perform } from './unit-of-work.ts'

/** How long a sign-up waits until its mail is sent, and how long the link in the mail is valid after that. */
export const registrationHours = 24

// Per address. Beyond it the oldest link dies. If the new one were refused instead, three requests a day could keep the
// owner of the address from signing up.
const maximumLinks = 3

/** A sign-up with its password hashed, and its fields as parsed by `signUpFields`. */
export interface NewRegistration {
  readonly emailAddress: EmailAddress
  readonly passwordHash: string
  readonly fields: unknown
}

/**
 * Records a sign-up, and queues the mail. No user is looked up here, so neither the answer nor its time reveals whether
 * the address is known.
 *
 * @throws AuthError `unavailable`
 */
export async function queueRegistration(
  config: Configuration,
  { emailAddress, passwordHash, fields }: NewRegistration,
  client: Client,
): Promise<void> {
  const createdAt = config.clock()
  const id = config.newId(createdAt)
  const instants = { createdAt, expiresAt: expiryOf(createdAt) }
  const json = fields === null ? null : JSON.stringify(fields)
  await perform(config, client, async (unit, transaction) => {
    const registration = { id, emailAddress, passwordHash, fields: json, ...instants }
    await transaction.insertRegistration(registration, null)
    await unit.queue(newMessage('registration', emailAddress, createdAt))
  })
}

function expiryOf(from: Date): Date {
  return new Date(from.getTime() + registrationHours * 3_600_000)
}

/** The newest unconfirmed sign-up of an address, which its mail is about; null if there is none. */
export async function findNewestRegistration(
  { clock, signUp, store }: Configuration,
  emailAddress: EmailAddress,
): Promise<Registration | null> {
  return signUp === 'closed' ? null : store.findNewestRegistration(emailAddress, clock())
}

/** Creates a token that confirms a sign-up, in the transaction in which its mail is sent. */
export async function issueRegistration(
  config: Configuration,
  transaction: StoreTransaction,
  registration: Registration,
): Promise<{ token: Secret; digest: Uint8Array }> {
  const now = config.clock()
  const mailed = { ...registration, expiresAt: expiryOf(now) }
  const { token, digest } = generateToken('emailVerification', config.random)
  const isFirst = await transaction.giveRegistrationToken(mailed, digest)
  const linked = isFirst ? mailed : { ...mailed, id: config.newId(now) }
  // It has a token already, whose mail may have arrived: that link stays valid.
  if (!isFirst) await transaction.insertRegistration(linked, digest)
  await transaction.trimRegistrations(linked, maximumLinks)
  return { token, digest }
}

/**
 * Queues a mail for a sign-up that came while another mail to its address was being sent. That message was still queued
 * then, so the sign-up queued none of its own.
 */
export async function queueOwed(
  { clock, signUp }: Configuration,
  transaction: StoreTransaction,
  { kind, recipient }: Message,
): Promise<void> {
  if (kind !== 'registration' || signUp === 'closed') return
  const now = clock()
  const isOwed = await transaction.isRegistrationUnmailed(recipient, now)
  if (isOwed) await transaction.insertMessage(newMessage(kind, recipient, now))
}
