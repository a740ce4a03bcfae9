import type { AuditEvent } from './entities.ts'

const delayMilliseconds = 1_000
const maximumWaiting = 20

/**
 * Writes down who was refused: behind the answers, so that one to an unknown address takes as long as
 * one to a wrong password. In a storm twenty a second are kept for each process; the log has all. A crash
 * forgets what the last second noted.
 */
export class Failures {
  readonly #write: (events: readonly AuditEvent[]) => Promise<void>
  #waiting: AuditEvent[] = []
  #timer: NodeJS.Timeout | undefined

  constructor(write: (events: readonly AuditEvent[]) => Promise<void>) {
    this.#write = write
  }

  note(event: AuditEvent): void {
    if (this.#waiting.length >= maximumWaiting) return
    this.#waiting.push(event)
    // No reason for a process to stay.
    this.#timer ??= setTimeout(() => void this.flush(), delayMilliseconds).unref()
  }

  /** Writes what waits. What cannot be written now is in the log. */
  async flush(): Promise<void> {
    clearTimeout(this.#timer)
    this.#timer = undefined
    const events = this.#waiting
    this.#waiting = []
    if (events.length > 0) await this.#write(events).catch(() => {})
  }
}
