import type { Auth } from '../core/auth.ts'
import { parseEmailAddress } from '../core/email-address.ts'
import type { Mail } from '../core/mail.ts'
import { createOutbox, type OutboxOptions } from '../mail/outbox.ts'
import { createMailbox } from '../mail/transports/mailbox.ts'

/**
 * The mails that the app sends, for as long as a test lasts; the last hundred. Whoever asks for them
 * has the outbox emptied first: what a request queued is there, and nobody sleeps.
 */
export interface Mails {
  /** Newest first. */
  all(): Promise<readonly Mail[]>
  /** Those to one address, newest first. */
  to(emailAddress: string): Promise<readonly Mail[]>
  /** @throws Error where there is none, with whom there are mails to */
  newestTo(emailAddress: string): Promise<Mail>
  /**
   * The link in the newest mail, with its token.
   *
   * @throws Error where there is no mail, or no such link in it
   */
  linkTo(emailAddress: string): Promise<string>
  /**
   * The token in that link.
   *
   * @throws Error as `linkTo`
   */
  tokenTo(emailAddress: string): Promise<string>
}

/** Whom mails come from, and where their links lead. */
export type MailOptions = Partial<Pick<OutboxOptions, 'from' | 'appUrl'>>

/** An outbox whose mails stay here: in place of `createOutbox` and what carries them. */
export function captureMails(auth: Auth, options: MailOptions = {}): Mails {
  const mailbox = createMailbox()
  const { from = 'Tests <tests@example.com>', appUrl = 'https://app.example.com' } = options
  const outbox = createOutbox(auth, { transport: mailbox, from, appUrl })
  let delivering = Promise.resolve()

  // One after another: whoever finds nothing due could be faster than the mail on its way.
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

/** The link in a mail that does something; null where there is none. */
export function linkIn({ text }: Pick<Mail, 'text'>): string | null {
  return /https?:\/\/\S+#lk[a-z]_\w+/.exec(text)?.[0] ?? null
}
