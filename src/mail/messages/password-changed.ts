import { html } from '../../core/html.ts'
import type { Content } from './content.ts'
import { page } from './page.ts'
import { siteOf } from './site.ts'

interface Values {
  readonly appUrl: string
  readonly changedAt: Date
}

const instant = new Intl.DateTimeFormat('en-GB', {
  dateStyle: 'long',
  timeStyle: 'short',
  timeZone: 'UTC',
})

/** The notice after a reset: whoever did not ask for it learns of it here. */
export function passwordChanged({ appUrl, changedAt }: Values): Content {
  const subject = 'Your password was changed'
  const site = siteOf(appUrl)
  const what = `The password of your account at ${site} was changed on ${instant.format(changedAt)} UTC.`
  const effect = 'You have been logged out on every device.'
  const otherwise =
    'If it was not you, somebody can read your mail: secure your mailbox first, then reset the password at'
  const text = `${what}
${effect}

${otherwise}
${appUrl}
`
  const body = html`<p style="margin:0 0 16px">${what} ${effect}</p>
<p style="margin:0">${otherwise} <a href="${appUrl}">${site}</a>.</p>`
  return { subject, text, html: page({ title: subject, site, body }) }
}
