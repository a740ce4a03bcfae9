import { hash } from 'node:crypto'
import { setTimeout as wait } from 'node:timers/promises'
import { domainToASCII } from 'node:url'
import { AuthError } from '../core/errors.ts'
import type { Delivery, Mail, Message } from '../core/mail.ts'
import { queueOwed } from '../core/registrations.ts'
import type { Courier } from './courier.ts'
import { type Draft, draft, type Written } from './drafts.ts'
import { outcome } from './outcome.ts'
import { leaseMilliseconds } from './patience.ts'
import { loggable } from './reason.ts'

/**
 * One attempt at a message that was claimed: from the look at its recipient to the row that says
 * what became of it. A message that nobody is to get any more is deleted.
 *
 * @returns what became of the attempt, or null where nobody is to get the message
 * @throws AuthError `unavailable`; the message is due again when its claim ends
 */
export async function deliver(
  courier: Courier,
  message: Message,
  signal: AbortSignal,
): Promise<Delivery | null> {
  const { config } = courier
  if (message.uncertain >= 2) {
    await record(courier, message, { delivery: leftTwice, written: null, signal })
    return leftTwice
  }
  const attempt = await tryOnce(courier, message, signal)
  if (attempt) await record(courier, message, { ...attempt, signal })
  else {
    await config.store.transaction(async (transaction) => {
      await transaction.deleteMessage(message)
      await queueOwed(config, transaction, message)
    })
  }
  return attempt?.delivery ?? null
}

const leftTwice = {
  status: 'unknown',
  reason: 'Whoever sent it died twice before the mail server had answered',
} as const

interface Attempt {
  readonly delivery: Delivery
  /** What was written, or null where nothing was. */
  readonly written: Written | null
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
    return { delivery: hindranceOf(error), written: null }
  }
}

/** How far the mail has come while the transport has it in hand. */
interface Progress {
  writing: Promise<Written> | null
  hasLeft: boolean
  /** Why it could not be written. */
  hindrance: Delivery | null
}

async function send(
  courier: Courier,
  message: Message,
  { drafted, signal }: { drafted: Draft; signal: AbortSignal },
): Promise<Attempt> {
  const { from, transport } = courier
  const progress: Progress = { writing: null, hasLeft: false, hindrance: null }
  const compose = async () => {
    try {
      progress.writing = letGo(courier, message, { drafted, signal })
      const written = await progress.writing
      // Whoever composes after the attempt has ended would send what is recorded as not sent.
      signal.throwIfAborted()
      progress.hasLeft = true
      return mailOf(courier, message, written)
    } catch (error) {
      // Here, because a transport may wrap the error or change it.
      progress.hindrance = hindranceOf(error)
      throw error
    }
  }
  const trying = async () => transport.deliver({ from, to: message.recipient, compose, signal })
  const delivery = await Promise.race([trying(), rejectionOf(signal)]).catch((error): Delivery => {
    return { status: progress.hasLeft ? 'unknown' : 'deferred', reason: String(error) }
  })
  const written = (await progress.writing?.catch(() => null)) ?? null
  return { delivery: progress.hindrance ?? delivery, written }
}

// Without the database no mail can be written, neither this nor another.
function hindranceOf(error: unknown): Delivery {
  const isAway = error instanceof AuthError && error.code === 'unavailable'
  return { status: isAway ? 'unavailable' : 'deferred', reason: String(error) }
}

// From this commit on the mail may have arrived, even if this process dies on the next line.
function letGo(
  { config }: Courier,
  message: Message,
  { drafted, signal }: { drafted: Draft; signal: AbortSignal },
): Promise<Written> {
  return config.store.transaction(async (transaction) => {
    signal.throwIfAborted()
    await drafted.hold(transaction)
    const dueAt = new Date(config.clock().getTime() + leaseMilliseconds)
    const left = { ...message, uncertain: message.uncertain + 1, dueAt }
    const isOurs = await transaction.updateMessage(left)
    if (!isOurs) throw new Error('Somebody else took this message up meanwhile')
    return drafted.write(transaction)
  })
}

function mailOf(courier: Courier, message: Message, { content }: Written): Mail {
  const { config, from } = courier
  const domain = domainToASCII(from.emailAddress.replace(/^.*@/, ''))
  const unique = hash('sha256', `${message.id} ${message.queuedAt.getTime()}`).slice(0, 32)
  const messageId = `<${unique}@${domain}>`
  return { messageId, from, to: message.recipient, date: config.clock(), ...content }
}

async function record(
  courier: Courier,
  message: Message,
  { delivery, written, signal }: Attempt & { readonly signal: AbortSignal },
): Promise<void> {
  const { config } = courier
  const settled = outcome(message, delivery, { now: config.clock(), random: config.random })
  // Of a server that is away the worker speaks, once for all messages.
  if (delivery.status !== 'unavailable' || settled.status === 'failed') report(courier, settled)
  // A mail that did not arrive holds no live secret.
  const mayHaveArrived = delivery.status === 'sent' || delivery.status === 'unknown'
  const withdrawn = mayHaveArrived ? null : written
  const write = () =>
    config.store.transaction(async (transaction) => {
      await transaction.updateMessage(settled)
      await withdrawn?.withdraw(transaction)
      // Not behind one that was refused: so would the next be, and the one after it.
      const hasLeft = settled.status === 'sent' || settled.status === 'unknown'
      if (hasLeft) await queueOwed(config, transaction, message)
    })
  await persistently(write, signal)
}

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

function rejectionOf(signal: AbortSignal): Promise<never> {
  const { promise, reject } = Promise.withResolvers<never>()
  const error = new Error('The attempt took too long, or the server was stopped')
  // A transport that heeds the signal knows better how far it has come.
  const end = () => setImmediate(() => reject(error))
  if (signal.aborted) end()
  signal.addEventListener('abort', end, { once: true })
  return promise
}
