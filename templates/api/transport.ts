import { createMailbox, type Environment, type Mailbox, type Transport } from 'latchkey/server'
import { smtp } from 'latchkey/smtp'

/** Chooses the transport for mails: the mail server, or without one a mailbox that keeps them. */
export function chooseTransport(mail: Environment['mail']): {
  transport: Transport
  mailbox: Mailbox | null
} {
  if (mail.kind === 'smtp') return { transport: smtp({ url: mail.url }), mailbox: null }
  const mailbox = createMailbox()
  return { transport: mailbox, mailbox }
}
