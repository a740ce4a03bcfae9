// Every kind of mail, written without anything having happened.
import type { MailOptions, Sender } from 'latchkey/server'
import type { MailKind, MailValues } from '../../src/mail/messages/words.ts'
import type { Content } from '../../src/mail/messages/writer.ts'
import { createWriter } from '../../src/mail/messages/writer.ts'
import { sender } from '../harness.ts'

const at = new Date('2026-02-03T23:59:30Z')

/** What each kind is told: one that is forgotten here does not compile. */
const values: MailValues = {
  password_reset: { minutes: 15 },
  password_changed: { changedAt: at },
  new_sign_in: { signedInAt: at },
  email_verification: { hours: 24 },
  email_changed: { changedAt: at },
  registration: { hours: 24 },
  address_taken: {},
  api_key_created: { key: 'Nightly build', createdAt: at },
  api_key_expiring: { key: 'Nightly build', expiresAt: at },
}

export const kinds = Object.keys(values) as MailKind[]

const appUrl = 'https://app.example.com:8443/projects'
export const token = 'lkr_4WxHJvGz3dTq8bNcRk5sYfPm7uEaL2Vj9eXoUi'

/** Where the button leads: as in `drafts.ts`, in three kinds to what a token is for. */
export const links: Readonly<Record<MailKind, string>> = {
  password_reset: `${appUrl}/reset-password#${token}`,
  password_changed: appUrl,
  new_sign_in: appUrl,
  email_verification: `${appUrl}/verify-email#${token}`,
  email_changed: appUrl,
  registration: `${appUrl}/verify-email#${token}`,
  address_taken: appUrl,
  api_key_created: appUrl,
  api_key_expiring: appUrl,
}

/** A mail of a kind. */
export function sample(
  kind: MailKind,
  options: MailOptions = {},
  { from = sender, link = links[kind] }: { from?: Sender; link?: string } = {},
): Content {
  return createWriter(options, { from, appUrl }).write(kind, values[kind], link)
}
