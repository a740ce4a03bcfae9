import { hash } from 'node:crypto'
import { setTimeout as wait } from 'node:timers/promises'
import { AuthError } from '../core/errors.ts'
import type { Delivery, Mail, Message } from '../core/mail.ts'
import type { Courier } from './courier.ts'
import { type Draft, draft, type Written } from './drafts.ts'
import { outcome } from './outcome.ts'

/**
 * One attempt at a message that was claimed: from the look at its recipient to the row that says
 * what became of it. A message that nobody is to get any more is deleted.
 *
 * @returns whether the mail server can be asked to take the next one
 * @throws AuthError `unavailable`; the message is due again when its claim ends
 */
export async function deliver(
  courier: Courier,
  message: Message,
  signal: AbortSignal,
): Promise<'available' | 'unavailable'> {
  const { store } = courier.config
  if (message.uncertain >= 2) {
    await record(courier, message, { delivery: leftTwice, written: null })
    return 'available'
  }
  const write = await draft(courier, message)
  if (!write) {
    await store.transaction((transaction) => transaction.deleteMessage(message))
    return 'available'
  }
  const attempt = await tryOnce(courier, message, { write, signal })
  await record(courier, message, attempt)
  return attempt.delivery.status === 'unavailable' ? 'unavailable' : 'available'
}

const leftTwice = {
  status: 'unknown',
  reason: 'Whoever sent it died twice before the mail server had answered',
} as const

interface Attempt {
  readonly delivery: Delivery
  /** What left, or null where nothing did. */
  readonly written: Written | null
}

async function tryOnce(
  courier: Courier,
  message: Message,
  { write, signal }: { write: Draft; signal: AbortSignal },
): Promise<Attempt> {
  const { from, transport } = courier
  const left: Written[] = []
  const compose = async () => {
    const written = await letGo(courier, message, write)
    left.push(written)
    return mailOf(courier, message, written)
  }
  try {
    const trying = transport.deliver({ from, to: message.recipient, compose, signal })
    const delivery = await Promise.race([trying, rejectionOf(signal)])
    return { delivery, written: left[0] ?? null }
  } catch (error) {
    const reason = String(error)
    const isAway = error instanceof AuthError && error.code === 'unavailable'
    const nothingLeft = isAway ? 'unavailable' : 'deferred'
    const status = left.length > 0 ? 'unknown' : nothingLeft
    return { delivery: { status, reason }, written: left[0] ?? null }
  }
}

// From this commit on the mail may have arrived, even if this process dies on the next line.
function letGo({ config }: Courier, message: Message, write: Draft): Promise<Written> {
  return config.store.transaction(async (transaction) => {
    const uncertain = { ...message, uncertain: message.uncertain + 1 }
    const isOurs = await transaction.updateMessage(uncertain)
    if (!isOurs) throw new Error('Somebody else took this message up meanwhile')
    return write(transaction)
  })
}

function mailOf(courier: Courier, message: Message, { content }: Written): Mail {
  const { config, from } = courier
  const domain = from.emailAddress.replace(/^.*@/, '')
  const unique = hash('sha256', `${message.id} ${message.queuedAt.getTime()}`).slice(0, 32)
  const messageId = `<${unique}@${domain}>`
  return { messageId, from, to: message.recipient, date: config.clock(), ...content }
}

async function record(courier: Courier, message: Message, attempt: Attempt): Promise<void> {
  const { config, log } = courier
  const { delivery, written } = attempt
  const settled = outcome(message, delivery, { now: config.clock(), random: config.random })
  const { id, kind, attempts } = message
  const entry = { message: id, kind, attempts, status: settled.status, reason: settled.lastError }
  if (settled.status === 'failed' || settled.status === 'unknown') log.error(entry, 'mail')
  else log.info(entry, 'mail')
  // What a server has refused for certain holds no live secret.
  const didNotArrive = delivery.status === 'refused' || delivery.status === 'deferred'
  const dead = didNotArrive ? written?.tokenDigest : null
  await persistently(() =>
    config.store.transaction(async (transaction) => {
      await transaction.updateMessage(settled)
      if (dead) await transaction.deletePasswordReset(dead)
    }),
  )
}

// To lose this line would mean to send the mail again.
async function persistently(work: () => Promise<void>): Promise<void> {
  for (let left = 4; ; left--) {
    try {
      return await work()
    } catch (error) {
      if (left === 0) throw error
    }
    await wait(1_000)
  }
}

function rejectionOf(signal: AbortSignal): Promise<never> {
  const { promise, reject } = Promise.withResolvers<never>()
  const end = () => reject(new Error('The attempt took too long, or the server was stopped'))
  if (signal.aborted) end()
  signal.addEventListener('abort', end, { once: true })
  return promise
}
