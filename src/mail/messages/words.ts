/** The values that the words of each kind of mail can contain. */
export interface MailValues {
  readonly password_reset: { readonly minutes: number }
  readonly password_changed: { readonly changedAt: Date }
  readonly new_sign_in: { readonly signedInAt: Date }
  readonly email_verification: { readonly hours: number }
  readonly email_changed: { readonly changedAt: Date }
  readonly registration: { readonly hours: number }
  /** Sent to the owner of an address that somebody gave for another user: only this mail says that it is taken. */
  readonly address_taken: object
  /** `key` is the name of the API key; null if the key was revoked meanwhile. */
  readonly api_key_created: { readonly key: string | null; readonly createdAt: Date }
  readonly api_key_expiring: { readonly key: string; readonly expiresAt: Date }
}

export type MailKind = keyof MailValues

/** The words of a mail, in plain text, without the link, which is in the button and shown in full. */
export interface Words {
  readonly subject: string
  /** The paragraphs before the button: what happened. */
  readonly before: readonly string[]
  /** The words on the button. */
  readonly button: string
  /** The paragraphs after the button: how long the link works, and what to do otherwise. */
  readonly after: readonly string[]
}

/** Functions that return the words of each kind of mail. */
export type MailWords = {
  readonly [Kind in MailKind]: (values: WordsValues<Kind>) => Words
}

/** Words that replace Latchkey's. Mails, and parts of mails, that are left out stay as they are. */
export type OwnWords = {
  readonly [Kind in MailKind]?: (values: WordsValues<Kind>) => Partial<Words>
}

type WordsValues<Kind extends MailKind> = MailValues[Kind] & { readonly site: string }
