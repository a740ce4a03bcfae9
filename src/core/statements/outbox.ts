import type { EmailAddress } from '../email-address.ts'
import type { Message, NewMessage } from '../mail.ts'

export interface OutboxStatements {
  /**
   * Where a reset for the address is queued already, no second one is; likewise a registration for
   * the address, and a confirmation for the same user and address. The queued message gets the new
   * `giveUpAt`, by which the worker in charge of it sees that it was asked for again.
   */
  insertMessage(message: NewMessage): Promise<void>
  /**
   * Claims the first message that is due; without an outcome it is due again at `until`. A message
   * due after `latest` got that time from a wrong clock, and counts as due; so does one that was
   * never claimed.
   */
  claimMessage(claim: { now: Date; until: Date; latest: Date }): Promise<Message | null>
  /** Extends a claim whose attempt has no outcome yet, unless another worker has claimed the message. */
  renewClaim(message: Message, until: Date): Promise<void>
  /**
   * Records the outcome of an attempt.
   *
   * @returns the message as it is now, with a new `giveUpAt` where it was asked for again since it
   *   was read; null where a later attempt has begun, or the message is no longer queued
   */
  updateMessage(message: Message): Promise<Message | null>
  /**
   * Unless it was claimed again, or asked for again since it was read: it is then due when its
   * claim ends.
   */
  deleteMessage(message: Message): Promise<void>
  /**
   * Deletes every reset and registration for an address, in any status: anybody who types the
   * address can ask for one. Other messages are deleted with their user.
   */
  deleteRequestedMessages(recipient: EmailAddress): Promise<void>
  /**
   * Queues a message again that ended without being sent.
   *
   * @returns false where there is none, or an equal reset, registration or confirmation is queued already
   */
  retryMessage(id: number, times: { now: Date; giveUpAt: Date }): Promise<boolean>
}
