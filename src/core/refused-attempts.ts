import type { AuditEvent } from './entities.ts'

const delayMilliseconds = 1_000
const windowMilliseconds = 3_600_000
// Attempts at unknown addresses, which anybody can make, must not crowd out those that a user wants to see.
const maximumPerWindow = { known: 5_000, unknown: 500 }

/**
 * Records refused attempts after the answers, so that an unknown address takes as long as a wrong password. Each
 * process records a limited number an hour; the log has all of them. A crash loses those of the last second.
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
    // The timer must not keep the process alive.
    this.#timer ??= setTimeout(() => void this.flush(), delayMilliseconds).unref()
  }

  /** Writes the waiting events, after earlier writes. What cannot be written is lost here, but is in the log. */
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
