/** The values that each kind of mail has for its words. */
export interface MailValues {
  readonly password_reset: { readonly minutes: number }
  readonly password_changed: { readonly changedAt: Date }
  readonly new_sign_in: { readonly signedInAt: Date }
  readonly email_verification: { readonly hours: number }
  readonly email_changed: { readonly changedAt: Date }
  readonly registration: { readonly hours: number }
  /** To the owner of an address that somebody else gave: only this mail says so. */
  readonly address_taken: object
  /** `key` is the API key's name; null where the key was revoked meanwhile. */
  readonly api_key_created: { readonly key: string | null; readonly createdAt: Date }
  readonly api_key_expiring: { readonly key: string; readonly expiresAt: Date }
}

export type MailKind = keyof MailValues

/** What a mail says, in plain text, without the link: the button has it, and it is shown in full. */
export interface Words {
  readonly subject: string
  /** What happened, a paragraph each. */
  readonly before: readonly string[]
  /** The words on the button. */
  readonly button: string
  /** How long the link works, and what to do otherwise. */
  readonly after: readonly string[]
}

/** The words of every mail, from the application's name and what happened. */
export type MailWords = {
  readonly [Kind in MailKind]: (values: WordsValues<Kind>) => Words
}

/** Words in place of Latchkey's: what a mail leaves out, and a mail that is left out, stays as it is. */
export type OwnWords = {
  readonly [Kind in MailKind]?: (values: WordsValues<Kind>) => Partial<Words>
}

type WordsValues<Kind extends MailKind> = MailValues[Kind] & { readonly site: string }
