import type { Mail, Mailbox, Transport } from '../../core/mail.ts'

const maximumMails = 100

/** A transport that keeps the last hundred mails in memory, for development and tests. */
export function createMailbox(): Mailbox & Transport {
  const mails: Mail[] = []
  return {
    mails,
    async deliver({ compose }) {
      mails.unshift(await compose())
      mails.splice(maximumMails)
      return { status: 'sent' }
    },
  }
}
