import type { LogEntry } from '../core/log.ts'
import type { Courier } from './courier.ts'
import { pauseMilliseconds } from './patience.ts'

/** The pause of all messages while none can be sent: longer with each failure in a row. */
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
   * Begins a pause. Failures during a pause count as one; it is logged once, however long it lasts.
   *
   * @param why null where nothing is to be logged
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

  /** To be called when the mail server has answered for a mail, whatever it said. */
  endFailures(): void {
    const failures = this.#failures
    if (this.#isSaid) this.#courier.log.info({ failures }, 'mails are sent again')
    this.#failures = 0
    this.#isSaid = false
  }

  /** The milliseconds left. */
  left(): number {
    const now = this.#courier.config.clock().getTime()
    // A clock that was set back must not make a pause of seconds one of days.
    return now < this.#from ? 0 : Math.max(0, this.#to - now)
  }
}
