import type { EmailAddress } from '../email-address.ts'
import type { Message, NewMessage } from '../mail.ts'

export interface OutboxStatements {
  /**
   * A reset for an address that has one queued is that one: a second is not queued. So is a
   * registration, and a confirmation for the same user and address. Its `giveUpAt` is then that of the second:
   * by that whoever has it in hand sees that it was asked for again.
   */
  insertMessage(message: NewMessage): Promise<void>
  /**
   * Takes up the first message that is due, and is due again at `until` if nothing becomes of it.
   * One due later than `latest` got that time from a wrong clock, and is due too; so is one that was never
   * taken up, whatever its time.
   */
  claimMessage(claim: { now: Date; until: Date; latest: Date }): Promise<Message | null>
  /** Keeps a message for whoever took it up, for as long as nobody else has. */
  renewClaim(message: Message, until: Date): Promise<void>
  /**
   * Writes what became of an attempt.
   *
   * @returns the message as it is now: its `giveUpAt` is another where the same was asked for since it was
   *   read; null where the attempt was not the latest one any more, or the message not open
   */
  updateMessage(message: Message): Promise<Message | null>
  /** Unless the same was asked for since it was read: then it is due when its claim ends. */
  deleteMessage(message: Message): Promise<void>
  /**
   * Every reset and registration for an address, whatever became of it: what anybody asked for who typed
   * the address. Other messages go with their user.
   */
  deleteRequestedMessages(recipient: EmailAddress): Promise<void>
  /**
   * Queues a message again that ended without being sent.
   *
   * @returns false where there is none, or the same reset is queued again already
   */
  retryMessage(id: number, times: { now: Date; giveUpAt: Date }): Promise<boolean>
}
