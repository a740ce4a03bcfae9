import { hash } from 'node:crypto'
import { domainToASCII } from 'node:url'
import { isHeld, isUnavailable } from '../core/errors.ts'
import { type Delivery, giveUpAt, type Mail, type Message } from '../core/mail.ts'
import { queueOwed } from '../core/registrations.ts'
import type { Courier } from './courier.ts'
import { type Draft, draft, type Written } from './drafts.ts'
import { leaseMilliseconds } from './patience.ts'
import { type Attempt, record } from './record.ts'

/**
 * One attempt to deliver a claimed message, from looking up its recipient to recording the outcome. A message that
 * nobody should get any more is deleted, unless it was requested again meanwhile.
 *
 * @returns the attempt, or null if nobody should get the message
 * @throws AuthError `unavailable`; then the message is due again when its claim ends
 */
export async function deliver(
  courier: Courier,
  message: Message,
  { signal, beforeRecord }: DeliveryOptions,
): Promise<Attempt | null> {
  const { config } = courier
  const attempt =
    message.uncertain >= 2 ? leftTwice(message) : await tryOnce(courier, message, signal)
  await beforeRecord()
  if (attempt) await record(courier, attempt, signal)
  else {
    await config.store.transaction(async (transaction) => {
      await transaction.deleteMessage(message)
      await queueOwed(config, transaction, message)
    })
  }
  return attempt
}

export interface DeliveryOptions {
  /** Aborts the attempt. */
  readonly signal: AbortSignal
  /** Awaited before the outcome is recorded. */
  readonly beforeRecord: () => Promise<void>
}

function leftTwice(message: Message): Attempt {
  const reason = 'The process that sent it died twice before the mail server had answered'
  // It is not known whether it was requested again since it was sent, so `giveUpAt` is reset.
  const asQueued = { ...message, giveUpAt: giveUpAt(message.queuedAt) }
  return {
    delivery: { status: 'unknown', reason },
    answered: false,
    written: null,
    message: asQueued,
  }
}

async function tryOnce(
  courier: Courier,
  message: Message,
  signal: AbortSignal,
): Promise<Attempt | null> {
  try {
    const drafted = await draft(courier, message)
    return drafted && (await send(courier, message, { drafted, signal }))
  } catch (error) {
    const delivery = await hindranceOf(courier, message, error)
    return { delivery, answered: false, written: null, message }
  }
}

/** A mail at the moment at which it is sent. */
interface Left {
  readonly message: Message
  readonly written: Written
}

/** The progress of a mail that the transport is sending. */
interface Progress {
  leaving: Promise<Left> | null
  hasLeft: boolean
  /** Why the mail could not be written. */
  hindrance: Delivery | null
}

async function send(
  courier: Courier,
  message: Message,
  { drafted, signal }: { drafted: Draft; signal: AbortSignal },
): Promise<Attempt> {
  const { from, transport } = courier
  const progress: Progress = { leaving: null, hasLeft: false, hindrance: null }
  const compose = async () => {
    try {
      progress.leaving = letGo(courier, message, { drafted, signal })
      const { written } = await progress.leaving
      // If the attempt has ended by now, the mail is recorded as not sent, and must not be.
      signal.throwIfAborted()
      progress.hasLeft = true
      return mailOf(courier, message, written)
    } catch (error) {
      // Kept here, because a transport may wrap or change the error.
      progress.hindrance = await hindranceOf(courier, message, error)
      throw error
    }
  }
  const trying = async () => transport.deliver({ from, to: message.recipient, compose, signal })
  const delivery = await Promise.race([trying(), rejectionOf(signal)]).catch((error): Delivery => {
    return { status: progress.hasLeft ? 'unknown' : 'deferred', reason: String(error) }
  })
  const left = (await progress.leaving?.catch(() => null)) ?? { message, written: null }
  const { hindrance } = progress
  return { delivery: hindrance ?? delivery, answered: hindrance === null, ...left }
}

// Without the database no mail can be written, neither this nor another. But if it answers, and only what this mail
// needs is locked, such as the row of its user, other mails are not held back.
async function hindranceOf(
  { config }: Courier,
  { id }: Message,
  error: unknown,
): Promise<Delivery> {
  const answers = () =>
    config.store.findMessage(id).then(
      () => true,
      () => false,
    )
  const isAway = isUnavailable(error) && !(isHeld(error) && (await answers()))
  return { status: isAway ? 'unavailable' : 'deferred', reason: String(error) }
}

// From this commit on the mail may have arrived, even if this process dies on the next line.
function letGo(
  { config }: Courier,
  message: Message,
  { drafted, signal }: { drafted: Draft; signal: AbortSignal },
): Promise<Left> {
  return config.store.transaction(async (transaction) => {
    signal.throwIfAborted()
    await drafted.hold(transaction)
    const dueAt = new Date(config.clock().getTime() + leaseMilliseconds)
    const leaving = { ...message, uncertain: message.uncertain + 1, dueAt }
    const left = await transaction.updateMessage(leaving)
    if (!left) throw new Error('Another worker has claimed this message meanwhile')
    // This mail answers all requests so far; for sign-ups, their rows say which of them.
    const { giveUpAt } = left
    return { message: { ...message, giveUpAt }, written: await drafted.write(transaction) }
  })
}

function mailOf(courier: Courier, message: Message, { content }: Written): Mail {
  const { config, from } = courier
  const domain = domainToASCII(from.emailAddress.replace(/^.*@/, ''))
  const unique = hash('sha256', `${message.id} ${message.queuedAt.getTime()}`).slice(0, 32)
  const messageId = `<${unique}@${domain}>`
  return { messageId, from, to: message.recipient, date: config.clock(), ...content }
}

function rejectionOf(signal: AbortSignal): Promise<never> {
  const { promise, reject } = Promise.withResolvers<never>()
  const error = new Error('The attempt took too long, or the server was stopped')
  // Later than the transport, which knows better how far the mail has come if it heeds the signal.
  const end = () => setImmediate(() => reject(error))
  if (signal.aborted) end()
  signal.addEventListener('abort', end, { once: true })
  return promise
}
