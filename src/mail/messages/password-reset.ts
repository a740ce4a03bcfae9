import { html } from '../../core/html.ts'
import type { Content } from './content.ts'
import { page } from './page.ts'
import { siteOf } from './site.ts'

interface Values {
  readonly appUrl: string
  /** With the token in its fragment, which no server and no `Referer` ever sees. */
  readonly link: string
  readonly minutes: number
}

/** The link for whoever forgot the password. */
export function passwordReset({ appUrl, link, minutes }: Values): Content {
  const subject = 'Reset your password'
  const site = siteOf(appUrl)
  const limits = `The link works once, for ${minutes} minutes.`
  const otherwise = 'If it was not you, ignore this mail: nothing has changed.'
  const text = `Somebody asked to reset the password of your account at ${site}.
If it was you, choose a new password here:

${link}

${limits} ${otherwise}
`
  const body = html`<p style="margin:0 0 16px">Somebody asked to reset the password of your account at ${site}. If it was you, choose a new one:</p>
<p style="margin:24px 0"><a href="${link}" style="display:inline-block;padding:12px 20px;border-radius:8px;background:#1f4fd8;color:#ffffff;font-weight:600;text-decoration:none">Choose a new password</a></p>
<p style="margin:0 0 16px">${limits} ${otherwise}</p>
<p style="margin:0;font-size:13px;opacity:.75">If the button does nothing, copy this address into your browser:<br><span style="word-break:break-all">${link}</span></p>`
  return { subject, text, html: page({ title: subject, site, body }) }
}
