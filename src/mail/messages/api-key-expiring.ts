import type { Content } from './content.ts'
import { writeInstant } from './instant.ts'
import { notice } from './notice.ts'
import { quoted } from './quoted.ts'
import { siteOf } from './site.ts'

interface Values {
  readonly appUrl: string
  readonly name: string
  readonly expiresAt: Date
}

/** The notice, a week before, that an API key ends. */
export function apiKeyExpiring({ appUrl, name, expiresAt }: Values): Content {
  const site = siteOf(appUrl)
  return notice({
    appUrl,
    subject: 'An API key is about to expire',
    paragraphs: [
      `The API key ${quoted(name)} of your account at ${site} expires on ${writeInstant(expiresAt)}. From then on, whatever uses it is refused.`,
    ],
    advice: 'If it is still needed, create another one, and put it in its place',
  })
}
