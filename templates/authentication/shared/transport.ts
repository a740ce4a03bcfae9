import { createMailbox, type Environment, type Mailbox, type Transport } from 'latchkey/server'
import { smtp } from 'latchkey/smtp'

interface Chosen {
  readonly transport: Transport
  readonly mailbox: Mailbox | null
}

/** Who carries the mails; in development nobody has to, and they are shown at `/dev/mailbox`. */
export function chooseTransport(mail: Environment['mail']): Chosen {
  if (mail.kind === 'smtp') return { transport: smtp({ url: mail.url }), mailbox: null }
  const mailbox = createMailbox()
  return { transport: mailbox, mailbox }
}
