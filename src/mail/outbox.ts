import { setTimeout as wait } from 'node:timers/promises'
import { queueExpiryNotices } from '../core/api-keys.ts'
import { parseAppUrl } from '../core/app-url.ts'
import type { Auth } from '../core/auth.ts'
import { isUnavailable } from '../core/errors.ts'
import type { Log } from '../core/log.ts'
import type { Message, Transport } from '../core/mail.ts'
import { parseSender } from '../core/sender.ts'
import { logOf } from '../core/tracing.ts'
import type { Courier } from './courier.ts'
import { Deliveries } from './deliveries.ts'
import { createWriter, type MailOptions } from './messages/writer.ts'
import { latestDueMilliseconds, leaseMilliseconds } from './patience.ts'
import { Pause } from './pause.ts'

/** The options of `createOutbox`. */
export interface OutboxOptions {
  readonly transport: Transport
  /** An address, or a name and an address: `Projects <no-reply@example.com>`. */
  readonly from: string
  /** The URL of the front end, such as `https://app.example.com`, with which all links in mails begin. */
  readonly appUrl: string
  /** The name, look and words of mails. Default: the sender's name, in English. */
  readonly mails?: MailOptions
  /** Default: the log of the `auth`. */
  readonly log?: Log
}

/** Sends the queued messages. Any number of processes may run one on the same database. */
export interface Outbox {
  /** Starts sending: what this process queues within half a second, everything else within five seconds. */
  start(): void
  /** Tries every message that is due, and resolves when that is done. For tests and scripts. */
  deliverDue(): Promise<void>
  /** Stops for good: claims no more messages, and gives mails that are being sent one and a half seconds. */
  stop(): Promise<void>
}

/**
 * @throws RangeError if `from` is not a sender, `appUrl` not an http or https URL, or the name or a colour in `mails`
 *   is invalid
 */
export function createOutbox(auth: Auth, options: OutboxOptions): Outbox {
  return new Worker(auth, options)
}

const idleMilliseconds = 5_000
const discretionMilliseconds = 500
// `serve` gives open requests eight seconds, and Docker kills the process after ten.
const stopMilliseconds = 1_500

class Worker implements Outbox {
  readonly #courier: Courier
  readonly #pause: Pause
  readonly #deliveries: Deliveries
  readonly #unsubscribe: () => void
  readonly #stopping = new AbortController()
  // Whether this worker, or a verb that queued a message, has reached the database so far.
  #wasReached = false
  #running: Promise<void> | null = null
  #alarm = new AbortController()

  constructor(auth: Auth, options: OutboxOptions) {
    const { config } = auth
    const { transport, from, appUrl, mails = {}, log } = options
    const [sender, site] = [parseSender(from), parseAppUrl(appUrl)]
    if (!sender)
      throw new RangeError(`${from} is not a sender like Projects <no-reply@example.com>`)
    if (!site) throw new RangeError(`${appUrl} is not a URL like https://app.example.com`)
    const writer = createWriter(mails, { from: sender, appUrl: site })
    this.#courier = {
      config,
      log: logOf(config, log),
      transport,
      from: sender,
      appUrl: site,
      writer,
    }
    this.#pause = new Pause(this.#courier)
    this.#deliveries = new Deliveries(this.#courier, this.#pause)
    this.#unsubscribe = auth.onMessageQueued(() => {
      this.#wasReached = true
      this.#alarm.abort()
    })
  }

  start(): void {
    this.#running ??= this.#run()
  }

  async deliverDue(): Promise<void> {
    await this.#takeUpDue()
    await this.#deliveries.settled()
  }

  async stop(): Promise<void> {
    this.#unsubscribe()
    this.#stopping.abort()
    this.#alarm.abort()
    const patience = setTimeout(() => this.#deliveries.cutOff(), stopMilliseconds)
    await this.#running
    await this.#deliveries.settled()
    clearTimeout(patience)
  }

  async #run(): Promise<void> {
    while (!this.#isStopped()) {
      await this.#takeUpDue()
      await this.#sleep()
    }
  }

  #isStopped(): boolean {
    return this.#stopping.signal.aborted
  }

  async #takeUpDue(): Promise<void> {
    await this.#queueExpiryNotices()
    while (!this.#isStopped() && this.#pause.left() === 0) {
      const message = await this.#claim()
      if (!message) return
      await this.#deliveries.send(message)
    }
  }

  async #queueExpiryNotices(): Promise<void> {
    if (this.#isStopped() || this.#pause.left() > 0) return
    const { config, log } = this.#courier
    await queueExpiryNotices(config).catch((err) => {
      // The locked row of one user must not hold up all mails. If the database is unreachable, the next claim finds
      // out.
      if (!isUnavailable(err)) this.#pauseBecauseOf(err)
      else if (this.#wasReached) log.error({ err }, 'a notice was not queued; it is tried again')
    })
  }

  async #claim(): Promise<Message | null> {
    const { clock, store } = this.#courier.config
    const now = clock()
    const after = (milliseconds: number) => new Date(now.getTime() + milliseconds)
    const claim = { now, until: after(leaseMilliseconds), latest: after(latestDueMilliseconds) }
    try {
      const message = await store.transaction((transaction) => transaction.claimMessage(claim))
      this.#wasReached = true
      return message
    } catch (err) {
      this.#pauseBecauseOf(err)
      return null
    }
  }

  // A server that starts before its database logs that itself, and nobody has asked it for a mail yet.
  #pauseBecauseOf(err: unknown): void {
    const isAwaited = !this.#wasReached && isUnavailable(err)
    this.#pause.begin(isAwaited ? null : { err })
  }

  async #sleep(): Promise<void> {
    const milliseconds = Math.min(this.#pause.left() || idleMilliseconds, idleMilliseconds)
    await wait(milliseconds, undefined, { signal: this.#alarm.signal }).catch(() => {})
    if (this.#isStopped()) return
    if (this.#alarm.signal.aborted) await this.#bideTime()
    this.#alarm = new AbortController()
  }

  // SECURITY: a known address causes more work than an unknown one. Begun at once, that work would
  // delay the client's next request, and tell whether the address is known.
  async #bideTime(): Promise<void> {
    const [byte = 0] = this.#courier.config.random(1)
    const milliseconds = (byte / 256) * discretionMilliseconds
    await wait(milliseconds, undefined, { signal: this.#stopping.signal }).catch(() => {})
  }
}
