import { html } from '../../core/html.ts'
import type { Content } from './content.ts'
import { page } from './page.ts'
import { siteOf } from './site.ts'

interface Values {
  readonly appUrl: string
  /** With the token in its fragment, which no server and no `Referer` ever sees. */
  readonly link: string
  /** What happened, in a sentence. */
  readonly what: string
  /** How often, how long and with what the link works, and what else to do. */
  readonly terms: string
}

/** A mail with a link by which somebody confirms that an address is theirs. */
export function confirmation({ appUrl, link, what, terms }: Values): Content {
  const subject = 'Confirm your email address'
  const text = `${what}
If it was you, confirm it here:

${link}

${terms}
`
  const body = html`<p style="margin:0 0 16px">${what} If it was you, confirm it:</p>
<p style="margin:24px 0"><a href="${link}" style="display:inline-block;padding:12px 20px;border-radius:8px;background:#1f4fd8;color:#ffffff;font-weight:600;text-decoration:none">Confirm the address</a></p>
<p style="margin:0 0 16px">${terms}</p>
<p style="margin:0;font-size:13px;opacity:.75">If the button does nothing, copy this address into your browser:<br><span style="word-break:break-all">${link}</span></p>`
  return { subject, text, html: page({ title: subject, site: siteOf(appUrl), body }) }
}
