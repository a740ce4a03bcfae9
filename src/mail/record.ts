import { setTimeout as wait } from 'node:timers/promises'
import type { Configuration } from '../core/config.ts'
import { type Delivery, type Message, type MessageKind, newMessage } from '../core/mail.ts'
import { queueOwed } from '../core/registrations.ts'
import type { StoreTransaction } from '../core/store-transaction.ts'
import type { Courier } from './courier.ts'
import type { Written } from './drafts.ts'
import { outcome } from './outcome.ts'
import { loggable } from './reason.ts'

/** An attempt to deliver a message that has ended. */
export interface Attempt {
  readonly delivery: Delivery
  /** Whether `delivery` comes from the transport, and not from the database or the state of the row. */
  readonly answered: boolean
  /** The mail that was written; null for none. */
  readonly written: Written | null
  /** The message as it was when the mail was sent, or else when it was claimed. */
  readonly message: Message
}

/**
 * Records the outcome of an attempt. If the same message was requested while the mail was being sent, it is queued
 * again: the request found it queued, so it queued none of its own.
 *
 * @throws Error of the database, after four more tries, or at once if the attempt was aborted
 */
export async function record(
  courier: Courier,
  { delivery, written, message }: Attempt,
  signal: AbortSignal,
): Promise<void> {
  const { config } = courier
  const settled = outcome(message, delivery, { now: config.clock(), random: config.random })
  // That a server is unreachable is reported once for all messages, by `Pause`.
  if (delivery.status !== 'unavailable' || settled.status === 'failed') report(courier, settled)
  // A mail that did not arrive must not leave a live secret.
  const mayHaveArrived = delivery.status === 'sent' || delivery.status === 'unknown'
  const withdrawn = mayHaveArrived ? null : written
  const { kind, userId } = message
  // A message that is only deferred touches no row but its own: the user's may be locked.
  const isOfUser = settled.status !== 'queued' || withdrawn !== null
  const write = () =>
    config.store.transaction(async (transaction) => {
      // The user is locked first and the row last, as when a user is deleted: otherwise the two could deadlock.
      if (kind === 'email_verification' && userId !== null && isOfUser) {
        await transaction.holdUser(userId)
      }
      await withdrawn?.withdraw(transaction)
      const recorded = await transaction.updateMessage(settled)
      // Not after a refusal: the next mail would be refused, too.
      if (!recorded || recorded.status === 'queued' || delivery.status === 'refused') return
      if (kind === 'registration' && mayHaveArrived) await queueOwed(config, transaction, message)
      else await queueAgain(config, transaction, { recorded, message })
    })
  await persistently(write, signal)
}

// The link in the mail may have been used by now, or voided, so a request that came later needs its own mail.
async function queueAgain(
  { clock }: Configuration,
  transaction: StoreTransaction,
  { recorded, message }: { recorded: Message; message: Message },
): Promise<void> {
  const { kind, recipient, userId } = message
  if (!askedFor.has(kind) || recorded.giveUpAt.getTime() === message.giveUpAt.getTime()) return
  await transaction.insertMessage({ ...newMessage(kind, recipient, clock()), userId })
}

// Messages that are sent on request. All others are about one event, and sent once.
const askedFor = new Set<MessageKind>(['password_reset', 'email_verification', 'registration'])

function report(
  { config, log }: Courier,
  { id, kind, attempts, status, lastError }: Message,
): void {
  const reason = lastError && loggable(lastError)
  const entry = { id, kind, attempts, status, reason }
  if (status !== 'queued') config.metrics?.noteMail(kind, status)
  if (status === 'failed' || status === 'unknown') log.error(entry, 'mail')
  else log.info(entry, 'mail')
}

// Repeated, because without this record the mail would be sent again; but a server that is being stopped has no time
// for that.
async function persistently(work: () => Promise<void>, signal: AbortSignal): Promise<void> {
  for (let left = 4; ; left--) {
    try {
      return await work()
    } catch (error) {
      if (left === 0 || signal.aborted) throw error
    }
    await wait(1_000)
  }
}
