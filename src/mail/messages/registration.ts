import { confirmation } from './confirmation.ts'
import type { Content } from './content.ts'
import { siteOf } from './site.ts'

interface Values {
  readonly appUrl: string
  readonly link: string
  readonly hours: number
}

/** The link that ends a sign-up: until it is opened there is no account. */
export function registration({ appUrl, link, hours }: Values): Content {
  return confirmation({
    appUrl,
    link,
    what: `Somebody signed up at ${siteOf(appUrl)} with this address.`,
    terms: `The link works once, for ${hours} hours, with the password that you signed up with. If it was not you, ignore this mail: there is no account until the link is used.`,
  })
}
