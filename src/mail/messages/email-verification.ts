import { confirmation } from './confirmation.ts'
import type { Content } from './content.ts'
import { siteOf } from './site.ts'

interface Values {
  readonly appUrl: string
  readonly link: string
  readonly hours: number
}

/** The link that proves who reads the mail of an address. */
export function emailVerification({ appUrl, link, hours }: Values): Content {
  return confirmation({
    appUrl,
    link,
    what: `Somebody gave this address for their account at ${siteOf(appUrl)}.`,
    terms: `The link works once, for ${hours} hours, where you are logged in or with your password. If it was not you, ignore this mail: nothing has changed.`,
  })
}
