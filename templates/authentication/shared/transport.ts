import { createMailbox, type Environment, type Mailbox, type Transport } from 'latchkey/server'
import { smtp } from 'latchkey/smtp'

interface Chosen {
  readonly transport: Transport
  readonly mailbox: Mailbox | null
}

/** Chooses the transport for mails. In development without a mail server, `/dev/mailbox` shows them. */
export function chooseTransport(mail: Environment['mail']): Chosen {
  if (mail.kind === 'smtp') return { transport: smtp({ url: mail.url }), mailbox: null }
  const mailbox = createMailbox()
  return { transport: mailbox, mailbox }
}
