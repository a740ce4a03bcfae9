/** What each kind of mail is told about what happened. */
export interface MailValues {
  readonly password_reset: { readonly minutes: number }
  readonly password_changed: { readonly changedAt: Date }
  readonly new_sign_in: { readonly signedInAt: Date }
  readonly email_verification: { readonly hours: number }
  readonly email_changed: { readonly changedAt: Date }
  readonly registration: { readonly hours: number }
  /** To whoever has an address that somebody else gave: only here is it said. */
  readonly address_taken: object
  /** `key` is what it is called; null where it was revoked meanwhile. */
  readonly api_key_created: { readonly key: string | null; readonly createdAt: Date }
  readonly api_key_expiring: { readonly key: string; readonly expiresAt: Date }
}

export type MailKind = keyof MailValues

/** What a mail says, in plain text: the link is put behind the button, and nowhere else. */
export interface Words {
  readonly subject: string
  /** What happened, a paragraph each. */
  readonly before: readonly string[]
  /** What stands on the button. */
  readonly button: string
  /** How long the link works, and what to do otherwise. */
  readonly after: readonly string[]
}

/** The words of every mail: functions of what the application is called and of what happened. */
export type MailWords = {
  readonly [Kind in MailKind]: (values: WordsValues<Kind>) => Words
}

/** Words in place of Latchkey's: what a mail leaves out, and a mail that is left out, stays as it is. */
export type OwnWords = {
  readonly [Kind in MailKind]?: (values: WordsValues<Kind>) => Partial<Words>
}

type WordsValues<Kind extends MailKind> = MailValues[Kind] & { readonly site: string }
