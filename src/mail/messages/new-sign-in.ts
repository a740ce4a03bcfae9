import type { Content } from './content.ts'
import { writeInstant } from './instant.ts'
import { notice } from './notice.ts'
import { siteOf } from './site.ts'

interface Values {
  readonly appUrl: string
  readonly signedInAt: Date
}

/**
 * The notice of a log-in from a kind of device that the user was never seen on. What the device
 * calls itself is not in it: a mail repeats nothing that came in a header.
 */
export function newSignIn({ appUrl, signedInAt }: Values): Content {
  const site = siteOf(appUrl)
  return notice({
    appUrl,
    subject: 'New sign-in to your account',
    paragraphs: [
      `Somebody signed in to your account at ${site} on ${writeInstant(signedInAt)}, on a device or in a program that was not used for it before.`,
      'If it was you, there is nothing to do.',
    ],
    advice: 'If it was not you, end that session and choose a new password',
  })
}
