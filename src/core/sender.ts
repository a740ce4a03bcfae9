import { parseEmailAddress } from './email-address.ts'
import type { Sender } from './mail.ts'

/**
 * Parses the sender of mails: `no-reply@example.com`, or `Projects <no-reply@example.com>`.
 *
 * @returns null if the text is neither
 */
export function parseSender(text: string): Sender | null {
  const [, name = '', address = text] = /^([^<>]*)<([^<>]*)>$/.exec(text.trim()) ?? []
  const emailAddress = parseEmailAddress(address)
  const called = name.trim().replace(/^"(.*)"$/, '$1')
  // SECURITY: the name goes into a header, in which a line break would begin another header.
  if (!emailAddress || /[\p{Cc}"\\]/u.test(called) || !called.isWellFormed()) return null
  return { name: called === '' ? null : called, emailAddress }
}
