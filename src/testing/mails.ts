import type { Auth } from '../core/auth.ts'
import { parseEmailAddress } from '../core/email-address.ts'
import type { Mail } from '../core/mail.ts'
import { createOutbox, type OutboxOptions } from '../mail/outbox.ts'
import { createMailbox } from '../mail/transports/mailbox.ts'

/**
 * The mails that the app sends while a test lasts; the last hundred. Each call first delivers what is due: a
 * mail that a request queued is there, and no test sleeps.
 */
export interface Mails {
  /** Newest first. */
  all(): Promise<readonly Mail[]>
  /** Those to one address, newest first. */
  to(emailAddress: string): Promise<readonly Mail[]>
  /** @throws Error if there is none, naming the addresses that have mails */
  newestTo(emailAddress: string): Promise<Mail>
  /**
   * The link in the newest mail, with its token.
   *
   * @throws Error if there is no mail, or no such link in it
   */
  linkTo(emailAddress: string): Promise<string>
  /**
   * The token in that link.
   *
   * @throws Error as `linkTo` does
   */
  tokenTo(emailAddress: string): Promise<string>
}

/** The sender of mails, where their links lead, and their look and words. */
export type MailOptions = Partial<Pick<OutboxOptions, 'from' | 'appUrl' | 'mails'>>

/** An outbox that keeps its mails here: instead of `createOutbox` and a transport. */
export function captureMails(auth: Auth, options: MailOptions = {}): Mails {
  const mailbox = createMailbox()
  const sent = { from: 'Tests <tests@example.com>', appUrl: 'https://app.example.com', ...options }
  const outbox = createOutbox(auth, { ...sent, transport: mailbox })
  let delivering = Promise.resolve()

  // One after the other: a second delivery finds nothing due, and would return before the first has sent.
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
