import { html } from '../../core/html.ts'
import type { Content } from './content.ts'
import { writeInstant } from './instant.ts'
import { page } from './page.ts'
import { siteOf } from './site.ts'

interface Values {
  readonly appUrl: string
  readonly signedInAt: Date
}

/**
 * The notice of a log-in from a kind of device that the user was never seen on. What the device
 * calls itself is not in it: a mail repeats nothing that came in a header.
 */
export function newSignIn({ appUrl, signedInAt }: Values): Content {
  const subject = 'New sign-in to your account'
  const site = siteOf(appUrl)
  const what = `Somebody signed in to your account at ${site} on ${writeInstant(signedInAt)}, on a device or in a program that was not used for it before.`
  const expected = 'If it was you, there is nothing to do.'
  const otherwise = 'If it was not you, end that session and choose a new password at'
  const text = `${what}

${expected}

${otherwise}

${appUrl}
`
  const body = html`<p style="margin:0 0 16px">${what}</p>
<p style="margin:0 0 16px">${expected}</p>
<p style="margin:0">${otherwise} <a href="${appUrl}">${site}</a>.</p>`
  return { subject, text, html: page({ title: subject, site, body }) }
}
