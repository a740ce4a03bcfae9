import { html } from '../../core/html.ts'
import type { Content } from './content.ts'
import { writeInstant } from './instant.ts'
import { page } from './page.ts'
import { siteOf } from './site.ts'

interface Values {
  readonly appUrl: string
  readonly changedAt: Date
}

/** The notice to the address that an account had before. Which it has now is not for this mail. */
export function emailChanged({ appUrl, changedAt }: Values): Content {
  const subject = 'Your email address was changed'
  const site = siteOf(appUrl)
  const what = `The account at ${site} that had this address has had another one since ${writeInstant(changedAt)}.`
  const effect = 'Mails about it do not come here any more.'
  const otherwise = 'If it was not you, somebody was logged in as you: write to whoever runs'
  const text = `${what}
${effect}

${otherwise}

${appUrl}
`
  const body = html`<p style="margin:0 0 16px">${what} ${effect}</p>
<p style="margin:0">${otherwise} <a href="${appUrl}">${site}</a>.</p>`
  return { subject, text, html: page({ title: subject, site, body }) }
}
