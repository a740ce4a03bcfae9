import { parseEmailAddress } from '../../../core/email-address.ts'
import { parseSender } from '../../../core/sender.ts'
import type { MailSettings } from '../../environment.ts'
import { type Finding, fault, ok } from './finding.ts'

/** Connects to the mail server and identifies itself. Sends nothing, except to `mailTo`. */
export async function examineMail(
  mail: MailSettings,
  mailTo: string | null,
): Promise<readonly Finding[]> {
  if (mail.kind === 'kept')
    return [ok('mail', 'mails are kept for /dev/mailbox, and sent to nobody')]
  // The application installs the package `nodemailer` if it needs it.
  const { greetSmtp, smtp } = await import('../../../mail/transports/smtp.ts')
  const greeted = await greetSmtp({ url: mail.url })
  if (greeted.status !== 'greeted') {
    const todo = 'look at SMTP_URL: its server, port, user and password, and at the certificate'
    return [fault('mail', `the mail server cannot be used: ${greeted.reason}`, todo)]
  }
  const { isEncrypted, isKnown } = greeted
  const found = `the mail server answers, ${isEncrypted ? 'by TLS' : 'without TLS'}, ${isKnown ? 'and takes the password' : 'and asks for no password'}`
  if (mailTo === null) return [ok('mail', found)]
  return [ok('mail', found), await send(smtp({ url: mail.url }), mail.from, mailTo)]
}

type Carrier = ReturnType<typeof import('../../../mail/transports/smtp.ts')['smtp']>

async function send(transport: Carrier, sender: string, mailTo: string): Promise<Finding> {
  const [from, to] = [parseSender(sender), parseEmailAddress(mailTo)]
  if (!from || !to) return fault('mail', `'${mailTo}' is no address`, 'name one, behind --mail-to')
  const date = new Date()
  const domain = from.emailAddress.replace(/^.*@/, '')
  const said = 'Whoever runs the server asked whether its mails arrive. They do.'
  const delivery = await transport.deliver({
    from,
    to,
    signal: AbortSignal.timeout(60_000),
    compose: async () => ({
      messageId: `<doctor.${date.getTime()}@${domain}>`,
      from,
      to,
      date,
      subject: 'latchkey doctor',
      text: `${said}\n`,
      html: `<p>${said}</p>`,
    }),
  })
  if (delivery.status === 'sent')
    return ok('mail', `one was taken for ${to}: look whether it arrives`)
  const todo = 'look at MAIL_FROM, and at whom the mail server lets send'
  return fault('mail', `none was taken for ${to}: ${delivery.reason}`, todo)
}
