import type { EmailAddress } from '../email-address.ts'
import type { Message, NewMessage } from '../mail.ts'

export interface OutboxStatements {
  /**
   * Queues a message. If a reset or a registration for the same address is queued already, or an address verification
   * for the same user and address, no second one is: the queued message gets the new `giveUpAt`, by which the worker
   * that sends it notices that it was requested again.
   */
  insertMessage(message: NewMessage): Promise<void>
  /**
   * Claims the first message that is due. If no outcome is recorded, it is due again at `until`. A message that was
   * never claimed is due, and so is one whose time is after `latest`, which comes from a wrong clock.
   */
  claimMessage(claim: { now: Date; until: Date; latest: Date }): Promise<Message | null>
  /** Extends a claim whose attempt has no outcome yet, unless another worker has claimed the message. */
  renewClaim(message: Message, until: Date): Promise<void>
  /**
   * Records the outcome of an attempt.
   *
   * @returns the message as it is now, with a new `giveUpAt` if it was requested again since it was read; null if a
   *   later attempt has begun, or the message is no longer queued
   */
  updateMessage(message: Message): Promise<Message | null>
  /**
   * Deletes a message, unless it was claimed again or requested again since it was read: then it is due when its
   * claim ends.
   */
  deleteMessage(message: Message): Promise<void>
  /**
   * Deletes every reset and registration for an address, in any status. These belong to no user, since anybody can
   * request them; other messages are deleted with their user.
   */
  deleteRequestedMessages(recipient: EmailAddress): Promise<void>
  /**
   * Queues a message that failed, or whose outcome is unknown, again.
   *
   * @returns false if there is none, or if an equal reset, registration or address verification is queued already
   */
  retryMessage(id: number, times: { now: Date; giveUpAt: Date }): Promise<boolean>
}
