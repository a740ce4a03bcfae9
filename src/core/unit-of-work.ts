import type { Client } from './client.ts'
import type { Configuration } from './config.ts'
import type { AuditEvent } from './entities.ts'
import { logEvent, newEvent, type Occurrence } from './events.ts'
import type { Happenings, Hooks } from './hooks.ts'
import type { NewMessage } from './mail.ts'
import type { StoreTransaction } from './store-transaction.ts'

/**
 * A transaction of the rules: what happened, the mails about it and the rows of the application's hooks
 * are written with it or not at all, and are heard of when it is committed.
 */
export async function perform<T>(
  config: Configuration,
  client: Client,
  work: (transaction: StoreTransaction, unit: UnitOfWork) => Promise<T>,
): Promise<T> {
  const { result, unit } = await config.store.transaction(async (transaction) => {
    const unit = new UnitOfWork(config, client, transaction)
    return { result: await work(transaction, unit), unit }
  })
  unit.announce()
  return result
}

export class UnitOfWork {
  readonly #config: Configuration
  readonly #client: Client
  readonly #transaction: StoreTransaction
  readonly #events: AuditEvent[] = []
  readonly #callbacks: (() => unknown)[] = []
  #isMessageQueued = false

  constructor(config: Configuration, client: Client, transaction: StoreTransaction) {
    this.#config = config
    this.#client = client
    this.#transaction = transaction
  }

  /** Writes down what happened. */
  async record(occurrence: Occurrence): Promise<void> {
    const event = newEvent(this.#config, this.#client, occurrence)
    await this.#transaction.insertEvent(event)
    this.#events.push(event)
  }

  async queue(message: NewMessage): Promise<void> {
    await this.#transaction.insertMessage(message)
    this.#isMessageQueued = true
  }

  /** Has the application do what it does then. */
  async tell<Name extends keyof Happenings<unknown>>(
    name: Name,
    about: Happenings<unknown>[Name],
  ): Promise<void> {
    const hook: Partial<Hooks<unknown>>[Name] = this.#config.hooks[name]
    const afterCommit = (callback: () => unknown) => void this.#callbacks.push(callback)
    await hook?.(about, { connection: this.#transaction.connection, afterCommit })
  }

  announce(): void {
    for (const event of this.#events) logEvent(this.#config, event)
    if (this.#isMessageQueued) this.#config.onMessageQueued()
    // SECURITY: after the request, whose time and answer are no business of a callback.
    for (const callback of this.#callbacks) setImmediate(() => void this.#call(callback))
  }

  async #call(callback: () => unknown): Promise<void> {
    try {
      await callback()
    } catch (err) {
      this.#config.log.error({ err }, 'a callback of afterCommit failed')
    }
  }
}
