import type { LogEntry } from '../core/log.ts'
import type { Courier } from './courier.ts'
import { pauseMilliseconds } from './patience.ts'

/** A pause during which no mail is sent, because none can be: longer with each failure in a row. */
export class Pause {
  readonly #courier: Pick<Courier, 'config' | 'log'>
  #failures = 0
  #isSaid = false
  #from = 0
  #to = 0

  constructor(courier: Pick<Courier, 'config' | 'log'>) {
    this.#courier = courier
  }

  /**
   * Begins a pause. Failures during a pause count as one, and only the first in a row is logged.
   *
   * @param why what to log; null for nothing
   */
  begin(why: LogEntry | null): void {
    if (this.left() > 0) return
    const { config, log } = this.#courier
    if (why !== null && !this.#isSaid) {
      log.error(why, 'no mail can be sent; it is tried again')
      this.#isSaid = true
    }
    this.#failures++
    this.#from = config.clock().getTime()
    this.#to = this.#from + pauseMilliseconds(this.#failures, config.random)
  }

  /** Call it when the mail server has answered, whatever it said. */
  endFailures(): void {
    const failures = this.#failures
    if (this.#isSaid) this.#courier.log.info({ failures }, 'mails are sent again')
    this.#failures = 0
    this.#isSaid = false
  }

  /** How many milliseconds of the pause are left. */
  left(): number {
    const now = this.#courier.config.clock().getTime()
    // If the clock is set back, a pause of seconds must not become one of days.
    return now < this.#from ? 0 : Math.max(0, this.#to - now)
  }
}
