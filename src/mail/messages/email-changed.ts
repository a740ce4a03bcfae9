import type { Content } from './content.ts'
import { writeInstant } from './instant.ts'
import { notice } from './notice.ts'
import { siteOf } from './site.ts'

interface Values {
  readonly appUrl: string
  readonly changedAt: Date
}

/** The notice to the address that an account had before. Which it has now is not for this mail. */
export function emailChanged({ appUrl, changedAt }: Values): Content {
  const site = siteOf(appUrl)
  return notice({
    appUrl,
    subject: 'Your email address was changed',
    paragraphs: [
      `The account at ${site} that had this address has had another one since ${writeInstant(changedAt)}. Mails about it do not come here any more.`,
    ],
    advice: 'If it was not you, somebody was logged in as you: write to whoever runs the site',
  })
}
