import type { Message, MessageKind } from '../core/mail.ts'
import { issuePasswordReset, maximumPasswordResets } from '../core/passwords.ts'
import type { StoreTransaction } from '../core/store.ts'
import type { Courier } from './courier.ts'
import type { Content } from './messages/content.ts'
import { newSignIn } from './messages/new-sign-in.ts'
import { passwordChanged } from './messages/password-changed.ts'
import { passwordReset } from './messages/password-reset.ts'

/** Writes a mail in the transaction in which it leaves; what is secret in it begins there. */
export type Draft = (transaction: StoreTransaction) => Promise<Written>

export interface Written {
  readonly content: Content
  /** Of the token in the mail, if there is one. */
  readonly tokenDigest: Uint8Array | null
}

/** What to write to the recipient of a message, or null where nobody is to get it. */
export async function draft(courier: Courier, message: Message): Promise<Draft | null> {
  return drafts[message.kind](courier, message)
}

const drafts: Record<MessageKind, (courier: Courier, message: Message) => Promise<Draft | null>> = {
  async password_reset({ config, appUrl }, { recipient, uncertain }) {
    const known = await config.store.findCredentials(recipient)
    if (!known) return null
    const live = await config.store.countPasswordResets(known.user, config.clock())
    if (live >= maximumPasswordResets) {
      // One that has left once may never have arrived, and is owed; it waits for a link to expire.
      if (uncertain > 0) throw new Error('As many links are live as may be')
      return null
    }
    return async (transaction) => {
      const { token, digest } = await issuePasswordReset(config, transaction, known.user)
      const link = `${appUrl}/reset-password#${token.reveal()}`
      const minutes = config.resetTokenMinutes
      return { content: passwordReset({ appUrl, link, minutes }), tokenDigest: digest }
    }
  },

  async password_changed({ appUrl }, { queuedAt }) {
    return notice(passwordChanged({ appUrl, changedAt: queuedAt }))
  },

  async new_sign_in({ appUrl }, { queuedAt }) {
    return notice(newSignIn({ appUrl, signedInAt: queuedAt }))
  },
}

// A mail without a secret.
function notice(content: Content): Draft {
  return async () => ({ content, tokenDigest: null })
}
