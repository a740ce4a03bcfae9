import { createMailbox, type Environment, type Mailbox, type Transport } from 'latchkey/server'
import { smtp } from 'latchkey/smtp'

/** Chooses what delivers the mails, and where they are kept if nothing does. */
export function chooseTransport(mail: Environment['mail']): {
  transport: Transport
  mailbox: Mailbox | null
} {
  if (mail.kind === 'smtp') return { transport: smtp({ url: mail.url }), mailbox: null }
  const mailbox = createMailbox()
  return { transport: mailbox, mailbox }
}
