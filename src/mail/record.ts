import { setTimeout as wait } from 'node:timers/promises'
import type { Configuration } from '../core/config.ts'
import { type Delivery, type Message, type MessageKind, newMessage } from '../core/mail.ts'
import { queueOwed } from '../core/registrations.ts'
import type { StoreTransaction } from '../core/store-transaction.ts'
import type { Courier } from './courier.ts'
import type { Written } from './drafts.ts'
import { outcome } from './outcome.ts'
import { loggable } from './reason.ts'

/** One attempt at a message, as it ended. */
export interface Attempt {
  readonly delivery: Delivery
  /** Whether it was the transport that said so, and not the database, or the look of the row. */
  readonly answered: boolean
  /** What was written, or null where nothing was. */
  readonly written: Written | null
  /** The message as it was when the mail left, or where none did, when it was claimed. */
  readonly message: Message
}

/**
 * Writes what became of an attempt, and queues the message again for whoever asked for the same
 * since: they found it queued, and it was on its way without them.
 *
 * @throws Error of the database, after four more tries, or at once where the attempt was cut off
 */
export async function record(
  courier: Courier,
  { delivery, written, message }: Attempt,
  signal: AbortSignal,
): Promise<void> {
  const { config } = courier
  const settled = outcome(message, delivery, { now: config.clock(), random: config.random })
  // Of a server that is away the worker speaks, once for all messages.
  if (delivery.status !== 'unavailable' || settled.status === 'failed') report(courier, settled)
  // A mail that did not arrive holds no live secret.
  const mayHaveArrived = delivery.status === 'sent' || delivery.status === 'unknown'
  const withdrawn = mayHaveArrived ? null : written
  const { kind, userId } = message
  // What is only put off touches no row but its own: somebody may hold that of the user.
  const isOfUser = settled.status !== 'queued' || withdrawn !== null
  const write = () =>
    config.store.transaction(async (transaction) => {
      // The user first and the row last, as where a user is deleted: else each would wait for the other.
      if (kind === 'email_verification' && userId !== null && isOfUser) {
        await transaction.holdUser(userId)
      }
      await withdrawn?.withdraw(transaction)
      const recorded = await transaction.updateMessage(settled)
      // Not behind one that was refused: so would the next be, and the one after it.
      if (!recorded || recorded.status === 'queued' || delivery.status === 'refused') return
      if (kind === 'registration' && mayHaveArrived) await queueOwed(config, transaction, message)
      else await queueAgain(config, transaction, { recorded, message })
    })
  await persistently(write, signal)
}

// The link in the mail may have been used by now, or have died of another that was.
async function queueAgain(
  { clock }: Configuration,
  transaction: StoreTransaction,
  { recorded, message }: { recorded: Message; message: Message },
): Promise<void> {
  const { kind, recipient, userId } = message
  if (!askedFor.has(kind) || recorded.giveUpAt.getTime() === message.giveUpAt.getTime()) return
  await transaction.insertMessage({ ...newMessage(kind, recipient, clock()), userId })
}

// All else is said once, of what happened when it was queued.
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

// To lose this line would mean to send the mail again; whoever is being stopped has no time for it.
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
