import type { AuditEvent } from './entities.ts'

const delayMilliseconds = 1_000
const windowMilliseconds = 3_600_000
// What is typed at unknown addresses is anybody's; it must not crowd out what a user wants to see.
const maximumPerWindow = { known: 5_000, unknown: 500 }

/**
 * Writes down who was refused: behind the answers, so that one to an unknown address takes as long as
 * one to a wrong password. In a storm so many an hour are kept for each process; the log has all. A crash
 * forgets what the last second noted.
 */
export class RefusedAttempts {
  readonly #write: (events: readonly AuditEvent[]) => Promise<void>
  readonly #left = { known: 0, unknown: 0 }
  #windowEndsAt = 0
  #waiting: AuditEvent[] = []
  #writing: Promise<void> = Promise.resolve()
  #timer: NodeJS.Timeout | undefined

  constructor(write: (events: readonly AuditEvent[]) => Promise<void>) {
    this.#write = write
  }

  note(event: AuditEvent): void {
    if (!this.#isWithinBounds(event)) return
    this.#waiting.push(event)
    // No reason for a process to stay.
    this.#timer ??= setTimeout(() => void this.flush(), delayMilliseconds).unref()
  }

  /** Writes what waits, and resolves when what was being written is, too. What cannot be written is in the log. */
  async flush(): Promise<void> {
    clearTimeout(this.#timer)
    this.#timer = undefined
    const events = this.#waiting
    this.#waiting = []
    if (events.length > 0) {
      this.#writing = this.#writing.then(() => this.#write(events).catch(() => {}))
    }
    await this.#writing
  }

  #isWithinBounds({ occurredAt, userId }: AuditEvent): boolean {
    const left = this.#windowEndsAt - occurredAt.getTime()
    if (left <= 0 || left > windowMilliseconds) {
      Object.assign(this.#left, maximumPerWindow)
      this.#windowEndsAt = occurredAt.getTime() + windowMilliseconds
    }
    const kind = userId === null ? 'unknown' : 'known'
    this.#left[kind] -= 1
    return this.#left[kind] >= 0
  }
}
