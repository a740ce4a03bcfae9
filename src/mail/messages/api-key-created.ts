import type { Content } from './content.ts'
import { writeInstant } from './instant.ts'
import { notice } from './notice.ts'
import { quoted } from './quoted.ts'
import { siteOf } from './site.ts'

interface Values {
  readonly appUrl: string
  /** Null where it was revoked meanwhile. */
  readonly name: string | null
  readonly createdAt: Date
}

/** The notice of a new API key. */
export function apiKeyCreated({ appUrl, name, createdAt }: Values): Content {
  const site = siteOf(appUrl)
  const which = name === null ? 'An API key' : `The API key ${quoted(name)}`
  return notice({
    appUrl,
    subject: 'A new API key was created',
    paragraphs: [
      `${which} was created for your account at ${site} on ${writeInstant(createdAt)}. Whoever has it can act in your name, as far as it allows.`,
      'If it was you, there is nothing to do.',
    ],
    advice: 'If it was not you, reset your password, which ends every session and every API key',
  })
}
