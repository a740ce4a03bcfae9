import type { Auth } from '../core/auth.ts'
import { parseEmailAddress } from '../core/email-address.ts'
import type { Mail } from '../core/mail.ts'
import { createOutbox, type OutboxOptions } from '../mail/outbox.ts'
import { createMailbox } from '../mail/transports/mailbox.ts'

/**
 * The last hundred mails that the app sent during a test. Each call first delivers the mails that are due, so that a
 * test need not sleep to get a mail that a request queued.
 */
export interface Mails {
  /** All mails, newest first. */
  all(): Promise<readonly Mail[]>
  /** The mails to one address, newest first. */
  to(emailAddress: string): Promise<readonly Mail[]>
  /** @throws Error if there is none, naming the addresses that have got mails */
  newestTo(emailAddress: string): Promise<Mail>
  /**
   * The link in the newest mail, with its token.
   *
   * @throws Error if there is no mail, or the mail has no such link
   */
  linkTo(emailAddress: string): Promise<string>
  /**
   * The token in that link.
   *
   * @throws Error as `linkTo` does
   */
  tokenTo(emailAddress: string): Promise<string>
}

/** The sender of mails, the URL that their links begin with, and their look and words. */
export type MailOptions = Partial<Pick<OutboxOptions, 'from' | 'appUrl' | 'mails'>>

/** An outbox that keeps its mails in memory, to be used instead of `createOutbox` and a transport. */
export function captureMails(auth: Auth, options: MailOptions = {}): Mails {
  const mailbox = createMailbox()
  const sent = { from: 'Tests <tests@example.com>', appUrl: 'https://app.example.com', ...options }
  const outbox = createOutbox(auth, { ...sent, transport: mailbox })
  let delivering = Promise.resolve()

  // One after the other: a concurrent second delivery would find nothing due, and return before the first has finished.
  const all = async () => {
    const delivery = delivering.then(() => outbox.deliverDue())
    delivering = delivery.catch(() => {})
    await delivery
    return [...mailbox.mails]
  }
  const to = async (emailAddress: string) => {
    const recipient = parseEmailAddress(emailAddress)
    return (await all()).filter((mail) => mail.to === recipient)
  }
  const newestTo = async (emailAddress: string) => {
    const [mail] = await to(emailAddress)
    if (mail) return mail
    const others = new Set(mailbox.mails.map((each) => each.to))
    const said = others.size === 0 ? 'to nobody' : `to ${[...others].join(', ')}`
    throw new Error(`There is no mail to ${emailAddress}; there are some ${said}`)
  }
  const linkTo = async (emailAddress: string) => {
    const mail = await newestTo(emailAddress)
    const link = linkIn(mail)
    if (link !== null) return link
    throw new Error(`The newest mail to ${emailAddress}, “${mail.subject}”, has no link in it`)
  }
  const tokenTo = async (emailAddress: string) => new URL(await linkTo(emailAddress)).hash.slice(1)
  return { all, to, newestTo, linkTo, tokenTo }
}

/** The link with a token in a mail; null if there is none. */
export function linkIn({ text }: Pick<Mail, 'text'>): string | null {
  return /https?:\/\/\S+#lk[a-z]_\w+/.exec(text)?.[0] ?? null
}
