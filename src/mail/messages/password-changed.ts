import type { Content } from './content.ts'
import { writeInstant } from './instant.ts'
import { notice } from './notice.ts'
import { siteOf } from './site.ts'

interface Values {
  readonly appUrl: string
  readonly changedAt: Date
}

/** The notice after a reset or a change: whoever did neither learns of it here. */
export function passwordChanged({ appUrl, changedAt }: Values): Content {
  const site = siteOf(appUrl)
  return notice({
    appUrl,
    subject: 'Your password was changed',
    paragraphs: [
      `The password of your account at ${site} was changed on ${writeInstant(changedAt)}. Every other device was logged out.`,
    ],
    advice:
      'If it was not you, somebody knows your password or can read your mail: secure your mailbox first, then reset the password',
  })
}
