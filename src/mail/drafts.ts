import { emailVerificationHours, issueEmailVerification } from '../core/email-verifications.ts'
import type { User } from '../core/entities.ts'
import type { Message, MessageKind } from '../core/mail.ts'
import { issuePasswordReset, maximumPasswordResets } from '../core/passwords.ts'
import {
  findNewestRegistration,
  issueRegistration,
  registrationHours,
} from '../core/registrations.ts'
import type { StoreTransaction } from '../core/store-transaction.ts'
import type { Courier } from './courier.ts'
import { addressTaken } from './messages/address-taken.ts'
import { apiKeyCreated } from './messages/api-key-created.ts'
import { apiKeyExpiring } from './messages/api-key-expiring.ts'
import type { Content } from './messages/content.ts'
import { emailChanged } from './messages/email-changed.ts'
import { emailVerification } from './messages/email-verification.ts'
import { newSignIn } from './messages/new-sign-in.ts'
import { passwordChanged } from './messages/password-changed.ts'
import { passwordReset } from './messages/password-reset.ts'
import { registration } from './messages/registration.ts'

/** How a mail is written in the transaction in which it leaves: what is secret in it begins there. */
export interface Draft {
  /**
   * The first statement: keeps what the mail relies on as it is.
   *
   * @throws Error where it is not so any more, and the mail may not leave
   */
  hold(transaction: StoreTransaction): Promise<void>
  write(transaction: StoreTransaction): Promise<Written>
}

export interface Written {
  readonly content: Content
  /** Takes back what is secret in a mail that did not arrive. */
  withdraw(transaction: StoreTransaction): Promise<void>
}

/** What to write to the recipient of a message, or null where nobody is to get it. */
export async function draft(courier: Courier, message: Message): Promise<Draft | null> {
  return drafts[message.kind](courier, message)
}

const drafts: Record<MessageKind, (courier: Courier, message: Message) => Promise<Draft | null>> = {
  async password_reset({ config, appUrl }, { recipient, uncertain }) {
    const known = await config.store.findCredentials(recipient)
    if (!known || known.user.bannedAt !== null) return null
    const live = await config.store.countPasswordResets(known.user, config.clock())
    if (live >= maximumPasswordResets) {
      // One that has left once may never have arrived, and is owed; it waits for a link to expire.
      if (uncertain > 0) throw new Error('As many links are live as may be')
      return null
    }
    return {
      hold: (transaction) => holdRecipient(transaction, known.user),
      async write(transaction) {
        const { token, digest } = await issuePasswordReset(config, transaction, known.user)
        const link = `${appUrl}/reset-password#${token.reveal()}`
        const minutes = config.resetTokenMinutes
        const content = passwordReset({ appUrl, link, minutes })
        return { content, withdraw: (later) => later.deletePasswordReset(digest) }
      },
    }
  },

  async password_changed({ appUrl }, { queuedAt }) {
    return withoutSecret(passwordChanged({ appUrl, changedAt: queuedAt }))
  },

  async email_verification({ config, appUrl }, { recipient, userId }) {
    const user = userId === null ? null : await config.store.findUser(userId)
    if (!user || user.bannedAt !== null) return null
    const proof = { userId: user.id, emailAddress: recipient }
    if (recipient === user.emailAddress) {
      if (user.emailVerifiedAt !== null) return null
    } else {
      if (!(await config.store.isEmailChangeOpen(proof))) return null
      // SECURITY: only here, to whoever has it, is it said that an address is taken.
      if (await config.store.findCredentials(recipient))
        return withoutSecret(addressTaken({ appUrl }))
    }
    return {
      hold: (transaction) => holdRecipient(transaction, user),
      async write(transaction) {
        const { token, digest } = await issueEmailVerification(config, transaction, proof)
        const link = `${appUrl}/verify-email#${token.reveal()}`
        const content = emailVerification({ appUrl, link, hours: emailVerificationHours })
        return { content, withdraw: (later) => later.deleteEmailVerification(digest) }
      },
    }
  },

  async registration({ config, appUrl }, { recipient }) {
    // SECURITY: only here, to whoever has it, is it said that an address is taken.
    if (await config.store.findCredentials(recipient)) {
      const taken = withoutSecret(addressTaken({ appUrl }))
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
        if (!isThere) throw new Error('The sign-up that the mail was for is over')
      },
      async write(transaction) {
        const { token, digest } = await issueRegistration(config, transaction, newest)
        const link = `${appUrl}/verify-email#${token.reveal()}`
        const content = registration({ appUrl, link, hours: registrationHours })
        return { content, withdraw: (later) => later.withdrawRegistrationToken(digest) }
      },
    }
  },

  async email_changed({ appUrl }, { queuedAt }) {
    return withoutSecret(emailChanged({ appUrl, changedAt: queuedAt }))
  },

  async new_sign_in({ appUrl }, { queuedAt }) {
    return withoutSecret(newSignIn({ appUrl, signedInAt: queuedAt }))
  },

  async api_key_created({ config, appUrl }, { apiKeyId, queuedAt }) {
    // Sent also where it was revoked meanwhile: whoever made it may have used it.
    const apiKey = apiKeyId === null ? null : await config.store.findApiKeyById(apiKeyId)
    return withoutSecret(apiKeyCreated({ appUrl, name: apiKey?.name ?? null, createdAt: queuedAt }))
  },

  async api_key_expiring({ config, appUrl }, { apiKeyId }) {
    const apiKey = apiKeyId === null ? null : await config.store.findApiKeyById(apiKeyId)
    if (!apiKey || apiKey.expiresAt <= config.clock()) return null
    return withoutSecret(apiKeyExpiring({ appUrl, name: apiKey.name, expiresAt: apiKey.expiresAt }))
  },
}

// A mail without a secret.
function withoutSecret(content: Content): Draft {
  return { hold: async () => {}, write: async () => ({ content, withdraw: async () => {} }) }
}

// SECURITY: the mail server was spoken to since the user was looked up. A link that is minted for an
// address that they have given up meanwhile would hand the account to whoever reads the old mailbox.
async function holdRecipient(transaction: StoreTransaction, user: User): Promise<void> {
  const now = await transaction.holdUser(user.id)
  const isSame = now?.emailAddress === user.emailAddress && now.bannedAt === null
  if (!isSame) throw new Error('The user is not whom the mail was for any more')
}
