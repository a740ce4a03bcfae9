import { AsyncLocalStorage } from 'node:async_hooks'
import type { Client } from './client.ts'
import type { Configuration } from './config.ts'
import type { Connection } from './connection.ts'
import type { AuditEvent } from './entities.ts'
import { AuthError, isUnavailable } from './errors.ts'
import { logEvent, type NewEvent, newEvent } from './events.ts'
import type { HookEvents, Hooks } from './hooks.ts'
import type { NewMessage } from './mail.ts'
import type { StoreTransaction } from './store-transaction.ts'

const inHook = new AsyncLocalStorage<{ isRunning: boolean }>()

/**
 * Runs a transaction in which a verb records events, queues mails and calls the application's hooks: all of it is
 * committed, or none. Events are logged, and the outbox is woken, after the commit.
 */
export async function perform<T>(
  config: Configuration,
  client: Client,
  work: (unit: UnitOfWork, transaction: StoreTransaction) => Promise<T>,
): Promise<T> {
  // The call would wait for the hook's own transaction, or survive its rollback.
  if (inHook.getStore()?.isRunning) throw new Error('A hook may not call auth: see afterCommit')
  const last: { unit: UnitOfWork | null } = { unit: null }
  try {
    const result = await config.store.transaction((transaction) => {
      // A new one for each try of the transaction: what was rolled back is not announced.
      last.unit = new UnitOfWork(config, client, transaction)
      return work(last.unit, transaction)
    })
    last.unit?.announce()
    return result
  } catch (error) {
    last.unit?.blame(error)
    throw error
  }
}

export class UnitOfWork {
  readonly transaction: StoreTransaction
  readonly #config: Configuration
  readonly #client: Client
  readonly #events: AuditEvent[] = []
  readonly #callbacks: (() => unknown)[] = []
  #isMessageQueued = false
  #running: keyof HookEvents<unknown> | null = null

  constructor(config: Configuration, client: Client, transaction: StoreTransaction) {
    this.#config = config
    this.#client = client
    this.transaction = transaction
  }

  /** Records events, in as few statements as possible. */
  async record(...occurrences: readonly NewEvent[]): Promise<void> {
    const events = occurrences.map((each) => newEvent(this.#config, this.#client, each))
    await this.transaction.insertEvents(events)
    this.#events.push(...events)
  }

  /** Queues a message; the outbox of this process is woken after the commit. */
  async queue(message: NewMessage): Promise<void> {
    await this.transaction.insertMessage(message)
    this.#isMessageQueued = true
  }

  /** Calls the application's hook of this name, if there is one. */
  async tell<Name extends keyof HookEvents<unknown>>(
    name: Name,
    about: HookEvents<unknown>[Name],
  ): Promise<void> {
    const hook: Partial<Hooks<unknown>>[Name] = this.#config.hooks[name]
    if (!hook) return
    this.#running = name
    const statements: Promise<unknown>[] = []
    const connection: Connection = {
      query: (sql, values) => {
        const rows = this.transaction.connection.query(sql, values)
        statements.push(rows)
        // If the hook does not await this, a failure is reported below, and must not end the process here.
        rows.catch(() => {})
        return rows
      },
    }
    const mark = { isRunning: true }
    const afterCommit = (callback: () => unknown) => {
      if (!mark.isRunning) throw new Error('afterCommit was called after its hook had ended')
      this.#callbacks.push(callback)
    }
    try {
      await inHook.run(mark, async () => hook(about, { connection, afterCommit }))
      await Promise.all(statements)
    } finally {
      // What the hook left running may call auth again.
      mark.isRunning = false
    }
    this.#running = null
  }

  /** Logs which hook was running when the transaction was rolled back: the error of a database does not say. */
  blame(err: unknown): void {
    const hook = this.#running
    const isOwn = err instanceof AuthError && !isUnavailable(err)
    if (hook !== null && !isOwn) this.#config.log.error({ hook, err }, hookFailed)
  }

  announce(): void {
    for (const event of this.#events) logEvent(this.#config, event)
    if (this.#isMessageQueued) this.#config.onMessageQueued()
    // SECURITY: deferred, so that a callback affects neither the time nor the answer of the request.
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

const hookFailed =
  'a hook failed, or took too long: it may run statements, but call neither auth nor transaction()'
