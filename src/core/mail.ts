import type { EmailAddress } from './email-address.ts'

/** What a message is about; `mail/messages/english.ts` has the words of each. */
export type MessageKind =
  | 'password_reset'
  | 'password_changed'
  | 'new_sign_in'
  | 'email_verification'
  | 'email_changed'
  | 'registration'
  | 'api_key_created'
  | 'api_key_expiring'

/**
 * Whether and how a message ended. `unknown`: it was sent twice, and the mail server confirmed neither.
 */
export type MessageStatus = 'queued' | 'sent' | 'failed' | 'unknown'

/** What to send, and to whom. It contains no secret: a token is generated only when the mail is sent. */
export interface NewMessage {
  readonly kind: MessageKind
  readonly recipient: EmailAddress
  /** The user whose deletion deletes the message; null if it is for whoever reads the recipient's mail. */
  readonly userId: string | null
  /** The API key that the message is about, if any. */
  readonly apiKeyId: string | null
  readonly queuedAt: Date
  /** When a message that cannot be delivered fails for good. */
  readonly giveUpAt: Date
}

/** A message to queue now. */
export function newMessage(kind: MessageKind, recipient: EmailAddress, queuedAt: Date): NewMessage {
  return { kind, recipient, userId: null, apiKeyId: null, queuedAt, giveUpAt: giveUpAt(queuedAt) }
}

const patienceHours = 24

/** When a message that is queued, or queued again, at this instant fails for good: after a day. */
export function giveUpAt(queuedAt: Date): Date {
  return new Date(queuedAt.getTime() + patienceHours * 3_600_000)
}

/** A row of the outbox. */
export interface Message extends NewMessage {
  readonly id: number
  readonly status: MessageStatus
  /** How often a worker claimed it. A worker that has lost its claim recognizes that by this number. */
  readonly attempts: number
  /** How often the mail server deferred it. */
  readonly deferrals: number
  /** How often it was sent without an answer from the mail server. */
  readonly uncertain: number
  /** When it is tried next. */
  readonly dueAt: Date
  readonly endedAt: Date | null
  readonly lastError: string | null
}

/** A message as it is sent. */
export interface Mail {
  /** The same for every attempt, so that a mail server can recognize a duplicate (RFC 5322 §3.6.4). */
  readonly messageId: string
  readonly from: Sender
  readonly to: EmailAddress
  readonly date: Date
  readonly subject: string
  readonly text: string
  readonly html: string
}

/** The sender of mails. */
export interface Sender {
  readonly name: string | null
  readonly emailAddress: EmailAddress
}

/** What became of one attempt to send a mail. */
export type Delivery =
  | { readonly status: 'sent' }
  /** The server will never take this mail. */
  | { readonly status: 'refused'; readonly reason: string }
  /** The server does not take this mail now. */
  | { readonly status: 'deferred'; readonly reason: string }
  /** Nothing can be sent now, neither this mail nor another. */
  | { readonly status: 'unavailable'; readonly reason: string }
  /** The mail was sent, and no answer came. */
  | { readonly status: 'unknown'; readonly reason: string }

/** What delivers mails: SMTP, the API of a mail service, a list in a test. */
export interface Transport {
  /**
   * Tries once to send a mail to one recipient. The transport calls `compose` right before it sends the mail: the
   * secret in it is generated only then. If `compose` throws, nothing may be sent; the error may be rethrown.
   *
   * @param attempt.signal aborts when the attempt has taken too long, or the process ends
   */
  deliver(attempt: DeliveryAttempt): Promise<Delivery>
}

/** Where mails are kept instead of being sent. */
export interface Mailbox {
  /** Newest first. */
  readonly mails: readonly Mail[]
}

export interface DeliveryAttempt {
  readonly from: Sender
  readonly to: EmailAddress
  readonly compose: () => Promise<Mail>
  readonly signal: AbortSignal
}
