import type { EmailAddress } from './email-address.ts'

/** What a message is about; `mail/messages/english.ts` says what each says. */
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
 * How a message ended, or that it has not. `unknown`: it was sent twice, and the mail server
 * confirmed neither.
 */
export type MessageStatus = 'queued' | 'sent' | 'failed' | 'unknown'

/** What is to be sent and to whom: never a secret, which is minted when the mail leaves. */
export interface NewMessage {
  readonly kind: MessageKind
  readonly recipient: EmailAddress
  /** The user whose deletion deletes the message; null where it is for whoever reads the recipient's mail. */
  readonly userId: string | null
  /** The API key that the message is about, if any. */
  readonly apiKeyId: string | null
  readonly queuedAt: Date
  /** When a message that cannot be delivered fails for good. */
  readonly giveUpAt: Date
}

/** A message as it is queued now. */
export function newMessage(kind: MessageKind, recipient: EmailAddress, queuedAt: Date): NewMessage {
  return { kind, recipient, userId: null, apiKeyId: null, queuedAt, giveUpAt: giveUpAt(queuedAt) }
}

const patienceHours = 24

/** When a message that is queued (again) at this instant fails for good: it is tried for a day. */
export function giveUpAt(queuedAt: Date): Date {
  return new Date(queuedAt.getTime() + patienceHours * 3_600_000)
}

/** A row of the outbox. */
export interface Message extends NewMessage {
  readonly id: number
  readonly status: MessageStatus
  /** How often a worker claimed it; tells a worker that was given up from its successor. */
  readonly attempts: number
  /** How often the mail server deferred it. */
  readonly deferrals: number
  /** How often it left without an answer from the mail server. */
  readonly uncertain: number
  /** When it is tried next. */
  readonly dueAt: Date
  readonly endedAt: Date | null
  readonly lastError: string | null
}

/** A message as it is sent. */
export interface Mail {
  /** The same for every attempt, so that a mail server can tell a duplicate (RFC 5322 §3.6.4). */
  readonly messageId: string
  readonly from: Sender
  readonly to: EmailAddress
  readonly date: Date
  readonly subject: string
  readonly text: string
  readonly html: string
}

/** Whom mails come from. */
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
  /** The mail left, and no answer came. */
  | { readonly status: 'unknown'; readonly reason: string }

/** What carries mails away: SMTP, the API of a mail service, a list in a test. */
export interface Transport {
  /**
   * Tries once to send a mail to one recipient. The transport calls `compose` at the last moment,
   * right before it sends the mail: the secret in it is made only then. An error from `compose`
   * ends the attempt with nothing sent, and may be rethrown.
   *
   * @param attempt.signal aborts when the attempt has taken too long or the process ends
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
