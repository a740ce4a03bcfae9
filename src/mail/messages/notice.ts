import { html } from '../../core/html.ts'
import type { Content } from './content.ts'
import { page } from './page.ts'
import { siteOf } from './site.ts'

interface Values {
  readonly appUrl: string
  readonly subject: string
  readonly paragraphs: readonly string[]
  /** What to do about it; `at`, and the link to the front end, follow. */
  readonly advice: string
}

/** A mail without a secret: what happened, and what to do about it. */
export function notice({ appUrl, subject, paragraphs, advice }: Values): Content {
  const site = siteOf(appUrl)
  const text = `${[...paragraphs, `${advice} at`, appUrl].join('\n\n')}\n`
  const said = paragraphs.map((each) => html`<p style="margin:0 0 16px">${each}</p>\n`)
  const body = html`${said}<p style="margin:0">${advice} at <a href="${appUrl}">${site}</a>.</p>`
  return { subject, text, html: page({ title: subject, site, body }) }
}
