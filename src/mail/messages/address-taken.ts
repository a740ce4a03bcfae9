import { html } from '../../core/html.ts'
import type { Content } from './content.ts'
import { page } from './page.ts'
import { siteOf } from './site.ts'

/** To whoever has an address that somebody else gave for an account: only here it is said. */
export function addressTaken({ appUrl }: { readonly appUrl: string }): Content {
  const subject = 'Somebody tried to sign up with your address'
  const site = siteOf(appUrl)
  const what = `Somebody gave this address for an account at ${site}. You have one with it already, and nothing has changed.`
  const expected = 'If it was you, log in with the account that you have, or reset its password at'
  const text = `${what}

${expected}

${appUrl}
`
  const body = html`<p style="margin:0 0 16px">${what}</p>
<p style="margin:0">${expected} <a href="${appUrl}">${site}</a>.</p>`
  return { subject, text, html: page({ title: subject, site, body }) }
}
