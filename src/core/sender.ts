import { parseEmailAddress } from './email-address.ts'
import type { Sender } from './mail.ts'

/**
 * Reads whom mails come from: `no-reply@example.com`, or `Projects <no-reply@example.com>`.
 *
 * @returns null for what is neither
 */
export function parseSender(text: string): Sender | null {
  const [, name = '', address = text] = /^([^<>]*)<([^<>]*)>$/.exec(text.trim()) ?? []
  const emailAddress = parseEmailAddress(address)
  const called = name.trim().replace(/^"(.*)"$/, '$1')
  // SECURITY: a name goes into a header; with a line break it would begin another one.
  if (!emailAddress || /[\p{Cc}"\\]/u.test(called) || !called.isWellFormed()) return null
  return { name: called === '' ? null : called, emailAddress }
}
