import type { Environment, Mailbox, Transport } from 'latchkey/server'
import { smtp } from 'latchkey/smtp'

interface Chosen {
  readonly transport: Transport
  readonly mailbox: Mailbox | null
}

/** Chooses the transport for mails. In development without a mail server, they are printed. */
export function chooseTransport(mail: Environment['mail']): Chosen {
  const transport = mail.kind === 'smtp' ? smtp({ url: mail.url }) : printing
  return { transport, mailbox: null }
}

const printing: Transport = {
  async deliver({ compose }) {
    const { to, subject, text } = await compose()
    console.log(`\nTo: ${to}\nSubject: ${subject}\n\n${text}\n`)
    return { status: 'sent' }
  },
}
