import { setTimeout as wait } from 'node:timers/promises'
import type { Message } from '../core/mail.ts'
import type { Courier } from './courier.ts'
import { type DeliveryOptions, deliver } from './delivery.ts'
import { attemptMilliseconds, leaseMilliseconds, renewalMilliseconds } from './patience.ts'
import type { Pause } from './pause.ts'
import { loggable } from './reason.ts'
import type { Attempt } from './record.ts'

// Mails are sent one after another, to keep their order; but after this time the next one is sent, too.
const patientMilliseconds = 2_000
const maximumOnTheirWay = 10

/** The mails that a worker is sending. */
export class Deliveries {
  readonly #courier: Courier
  readonly #pause: Pause
  // Each with the controller that aborts it.
  readonly #onTheirWay = new Map<Promise<void>, AbortController>()

  /** @param pause begun here when no mail can be sent, and ended with the next answer of the mail server */
  constructor(courier: Courier, pause: Pause) {
    this.#courier = courier
    this.#pause = pause
  }

  /** Sends a mail. Resolves when the attempt has ended, or after two seconds. */
  async send(message: Message): Promise<void> {
    // Not AbortSignal.any(), which leaks some memory for every signal that it is given.
    const cutOff = new AbortController()
    const tooLong = setTimeout(() => cutOff.abort(), attemptMilliseconds)
    let renewed = Promise.resolve()
    const renewal = setInterval(() => {
      renewed = this.#renew(message)
    }, renewalMilliseconds)
    // A renewal after the outcome was recorded would postpone the next attempt.
    const beforeRecord = () => {
      clearInterval(renewal)
      return renewed
    }
    const options = { signal: cutOff.signal, beforeRecord }
    const sending = this.#attempt(message, options).finally(() => {
      clearTimeout(tooLong)
      clearInterval(renewal)
      this.#onTheirWay.delete(sending)
    })
    this.#onTheirWay.set(sending, cutOff)
    const timer = new AbortController()
    const patience = wait(patientMilliseconds, undefined, { signal: timer.signal }).catch(() => {})
    await Promise.race([sending, patience])
    timer.abort()
    if (this.#onTheirWay.size >= maximumOnTheirWay) await Promise.race(this.#onTheirWay.keys())
  }

  /** Resolves when the attempt at every mail that is being sent now has ended. */
  async settled(): Promise<void> {
    await Promise.all(this.#onTheirWay.keys())
  }

  cutOff(): void {
    for (const cutOff of this.#onTheirWay.values()) cutOff.abort()
  }

  // A claim that is not renewed lapses. The number of attempts then keeps this worker from recording or sending
  // anything.
  async #renew(message: Message): Promise<void> {
    const { config, log } = this.#courier
    const until = new Date(config.clock().getTime() + leaseMilliseconds)
    await config.store
      .transaction((transaction) => transaction.renewClaim(message, until))
      .catch((err) => log.error({ id: message.id, err }, 'a claim was not renewed'))
  }

  async #attempt(message: Message, options: DeliveryOptions): Promise<void> {
    try {
      const attempt = await this.#deliver(message, options)
      if (attempt?.delivery.status === 'unavailable') {
        this.#pause.begin({ reason: loggable(attempt.delivery.reason) })
      } else if (attempt?.answered) this.#pause.endFailures()
    } catch (err) {
      this.#pause.begin({ id: message.id, err })
    }
  }

  #deliver(message: Message, options: DeliveryOptions): Promise<Attempt | null> {
    const { tracing } = this.#courier.config
    if (tracing === null) return deliver(this.#courier, message, options)
    const attributes = { 'latchkey.mail.kind': message.kind }
    return tracing.span({ name: 'mail', attributes, request: null }, async ({ set, fail }) => {
      const attempt = await deliver(this.#courier, message, options)
      set({ 'latchkey.mail.outcome': attempt?.delivery.status ?? 'dropped' })
      if (attempt && attempt.delivery.status !== 'sent') fail(attempt.delivery.status)
      return attempt
    })
  }
}
