import { html } from '../../core/html.ts'
import type { Content } from './content.ts'
import { page } from './page.ts'
import { siteOf } from './site.ts'

interface Values {
  readonly appUrl: string
  /** With the token in its fragment, which no server and no `Referer` ever sees. */
  readonly link: string
  readonly hours: number
}

/** The link that proves who reads the mail of an address. */
export function emailVerification({ appUrl, link, hours }: Values): Content {
  const subject = 'Confirm your email address'
  const site = siteOf(appUrl)
  const what = `Somebody gave this address for their account at ${site}.`
  const limits = `The link works once, for ${hours} hours, where you are logged in or with your password.`
  const otherwise = 'If it was not you, ignore this mail: nothing has changed.'
  const text = `${what}
If it was you, confirm it here:

${link}

${limits} ${otherwise}
`
  const body = html`<p style="margin:0 0 16px">${what} If it was you, confirm it:</p>
<p style="margin:24px 0"><a href="${link}" style="display:inline-block;padding:12px 20px;border-radius:8px;background:#1f4fd8;color:#ffffff;font-weight:600;text-decoration:none">Confirm the address</a></p>
<p style="margin:0 0 16px">${limits} ${otherwise}</p>
<p style="margin:0;font-size:13px;opacity:.75">If the button does nothing, copy this address into your browser:<br><span style="word-break:break-all">${link}</span></p>`
  return { subject, text, html: page({ title: subject, site, body }) }
}
