import { html } from '../../core/html.ts'
import type { Content } from './content.ts'
import { writeInstant } from './instant.ts'
import { page } from './page.ts'
import { siteOf } from './site.ts'

interface Values {
  readonly appUrl: string
  readonly changedAt: Date
}

/** The notice after a reset or a change: whoever did neither learns of it here. */
export function passwordChanged({ appUrl, changedAt }: Values): Content {
  const subject = 'Your password was changed'
  const site = siteOf(appUrl)
  const what = `The password of your account at ${site} was changed on ${writeInstant(changedAt)}.`
  const effect = 'Whoever was logged in on another device is not any more.'
  const otherwise =
    'If it was not you, somebody knows your password or can read your mail: secure your mailbox first, then reset the password at'
  const text = `${what}
${effect}

${otherwise}
${appUrl}
`
  const body = html`<p style="margin:0 0 16px">${what} ${effect}</p>
<p style="margin:0">${otherwise} <a href="${appUrl}">${site}</a>.</p>`
  return { subject, text, html: page({ title: subject, site, body }) }
}
