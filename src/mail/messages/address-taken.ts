import type { Content } from './content.ts'
import { notice } from './notice.ts'
import { siteOf } from './site.ts'

/** To whoever has an address that somebody else gave for an account: only here it is said. */
export function addressTaken({ appUrl }: { readonly appUrl: string }): Content {
  const site = siteOf(appUrl)
  return notice({
    appUrl,
    subject: 'Somebody tried to sign up with your address',
    paragraphs: [
      `Somebody gave this address for an account at ${site}. You have one with it already, and nothing has changed.`,
    ],
    advice: 'If it was you, log in with the account that you have, or reset its password',
  })
}
