import { emailVerificationHours, issueEmailVerification } from '../core/email-verifications.ts'
import type { User } from '../core/entities.ts'
import type { Message, MessageKind } from '../core/mail.ts'
import { hasEveryPasswordReset, issuePasswordReset } from '../core/password-resets.ts'
import {
  findNewestRegistration,
  issueRegistration,
  registrationHours,
} from '../core/registrations.ts'
import type { StoreTransaction } from '../core/store-transaction.ts'
import type { Courier } from './courier.ts'
import type { MailKind, MailValues } from './messages/words.ts'
import type { Content } from './messages/writer.ts'

/** Writes a mail in the transaction in which it is sent: its secret is generated only there. */
export interface Draft {
  /**
   * Locks what the mail depends on; the first statement of the transaction.
   *
   * @throws Error if that has changed, and the mail must not be sent
   */
  hold(transaction: StoreTransaction): Promise<void>
  write(transaction: StoreTransaction): Promise<Written>
}

export interface Written {
  readonly content: Content
  /** Revokes the secret of a mail that did not arrive. */
  withdraw(transaction: StoreTransaction): Promise<void>
}

/** The draft of a message's mail, or null if nobody should get it. */
export async function draft(courier: Courier, message: Message): Promise<Draft | null> {
  return drafts[message.kind](courier, message)
}

const drafts: Record<MessageKind, (courier: Courier, message: Message) => Promise<Draft | null>> = {
  async password_reset({ config, appUrl, writer }, { recipient, uncertain }) {
    const known = await config.store.findCredentials(recipient)
    if (!known || known.user.bannedAt !== null) return null
    if (await hasEveryPasswordReset(config, known.user)) {
      // A reset that was sent once may not have arrived: it waits until one of the other links expires.
      if (uncertain > 0) throw new Error('The user has as many live links as allowed')
      return null
    }
    return {
      hold: (transaction) => holdRecipient(transaction, known.user),
      async write(transaction) {
        const { token, digest } = await issuePasswordReset(config, transaction, known.user)
        const link = `${appUrl}/reset-password#${token.reveal()}`
        const minutes = config.resetTokenMinutes
        const content = writer.write('password_reset', { minutes }, link)
        const withdraw = async (later: StoreTransaction) => {
          // The user is locked before their rows, as everywhere.
          await later.holdUser(known.user.id)
          await later.deletePasswordReset(digest)
        }
        return { content, withdraw }
      },
    }
  },

  async password_changed(courier, message) {
    if (await isOneTooMany(courier, message)) return null
    return notice(courier, 'password_changed', { changedAt: message.queuedAt })
  },

  async email_verification(courier, { recipient, userId }) {
    const { config, appUrl, writer } = courier
    const user = userId === null ? null : await config.store.findUser(userId)
    if (!user || user.bannedAt !== null) return null
    const proof = { userId: user.id, emailAddress: recipient }
    if (recipient === user.emailAddress) {
      if (user.emailVerifiedAt !== null) return null
    } else {
      if (!(await config.store.isEmailChangeOpen(proof))) return null
      // SECURITY: that an address is taken is revealed only in this mail to its owner.
      const isTaken = await config.store.findCredentials(recipient)
      if (isTaken) return notice(courier, 'address_taken', {})
    }
    return {
      hold: (transaction) => holdRecipient(transaction, user),
      async write(transaction) {
        const { token, digest } = await issueEmailVerification(config, transaction, proof)
        const link = `${appUrl}/verify-email#${token.reveal()}`
        const hours = emailVerificationHours
        const content = writer.write('email_verification', { hours }, link)
        return { content, withdraw: (later) => later.deleteEmailVerification(digest) }
      },
    }
  },

  async registration(courier, { recipient }) {
    const { config, appUrl, writer } = courier
    // SECURITY: that an address is taken is revealed only in this mail to its owner.
    if (await config.store.findCredentials(recipient)) {
      const taken = notice(courier, 'address_taken', {})
      return {
        ...taken,
        async write(transaction) {
          await transaction.deleteRegistrations(recipient)
          return taken.write(transaction)
        },
      }
    }
    const newest = await findNewestRegistration(config, recipient)
    if (!newest) return null
    return {
      async hold(transaction) {
        const isThere = await transaction.holdRegistration(newest.id)
        if (!isThere) throw new Error('The sign-up that the mail was for no longer exists')
      },
      async write(transaction) {
        const { token, digest } = await issueRegistration(config, transaction, newest)
        const link = `${appUrl}/verify-email#${token.reveal()}`
        const content = writer.write('registration', { hours: registrationHours }, link)
        return { content, withdraw: (later) => later.withdrawRegistrationToken(digest) }
      },
    }
  },

  async email_changed(courier, { queuedAt }) {
    return notice(courier, 'email_changed', { changedAt: queuedAt })
  },

  async new_sign_in(courier, message) {
    if (await isOneTooMany(courier, message)) return null
    return notice(courier, 'new_sign_in', { signedInAt: message.queuedAt })
  },

  async api_key_created(courier, { apiKeyId, queuedAt }) {
    const { store } = courier.config
    // Sent even if the key was revoked meanwhile: it may have been used.
    const apiKey = apiKeyId === null ? null : await store.findApiKeyById(apiKeyId)
    const key = apiKey && unlinked(apiKey.name)
    return notice(courier, 'api_key_created', { key, createdAt: queuedAt })
  },

  async api_key_expiring(courier, { apiKeyId }) {
    const { config } = courier
    const apiKey = apiKeyId === null ? null : await config.store.findApiKeyById(apiKeyId)
    if (!apiKey || apiKey.expiresAt <= config.clock()) return null
    const { name, expiresAt } = apiKey
    return notice(courier, 'api_key_expiring', { key: unlinked(name), expiresAt })
  },
}

// Removes from a name that somebody typed what mail programs would turn into a link or an address, including full-width
// characters: our mails must link only to configured URLs. A name of nothing else cannot become a link, and stays.
function unlinked(name: string): string {
  return name.replace(/[./:@\\\u3002\uff0e\uff0f\uff1a\uff20\uff61]+/g, ' ').trim() || name
}

// SECURITY: somebody may have signed up with the address of another person, who would be notified of each log-in. So
// notices to an unverified address are limited.
async function isOneTooMany({ config: { store } }: Courier, message: Message): Promise<boolean> {
  const user = message.userId === null ? null : await store.findUser(message.userId)
  if (!user || user.emailVerifiedAt !== null) return false
  const dayBefore = new Date(message.queuedAt.getTime() - 86_400_000)
  return (await store.countLike(message, dayBefore)) >= noticesADay
}

const noticesADay = 10

// A mail without a secret: its button leads to the front end.
function notice<Kind extends MailKind>(
  { writer, appUrl }: Courier,
  kind: Kind,
  values: MailValues[Kind],
): Draft {
  const content = writer.write(kind, values, appUrl)
  return { hold: async () => {}, write: async () => ({ content, withdraw: async () => {} }) }
}

// SECURITY: time has passed since the user was looked up, and they may have changed their address: a link to the old
// one would give the account to whoever reads that mailbox.
async function holdRecipient(transaction: StoreTransaction, user: User): Promise<void> {
  const now = await transaction.holdUser(user.id)
  const isSame = now?.emailAddress === user.emailAddress && now.bannedAt === null
  if (!isSame) throw new Error('The user was deleted or banned, or has changed their address')
}
