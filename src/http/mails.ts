import { z } from 'zod'
import type { Mail, Sender } from '../core/mail.ts'

export const mailSchema = z.object({
  id: z.string(),
  to: z.string(),
  from: z.string(),
  subject: z.string(),
  date: z.iso.datetime(),
  text: z.string(),
  html: z.string(),
})

/** A mail as the mailbox shows it. */
export type PresentedMail = z.infer<typeof mailSchema>

export function presentMail(mail: Mail): PresentedMail {
  return {
    // Without the brackets of a Message-ID it is easier to put into a URL.
    id: mail.messageId.replace(/^<|>$/g, ''),
    to: mail.to,
    from: presentSender(mail.from),
    subject: mail.subject,
    date: mail.date.toISOString(),
    text: mail.text,
    html: mail.html,
  }
}

function presentSender({ name, emailAddress }: Sender): string {
  return name === null ? emailAddress : `${name} <${emailAddress}>`
}
