/** The terminal that shows it. */
interface Screen {
  readonly isTTY?: boolean
  write(text: string): unknown
}

interface ProgressOptions {
  /** How many rows there will be; null if unknown. */
  readonly total: number | null
  readonly screen: Screen
  /** In milliseconds. */
  readonly monotonic: () => number
}

const redrawMilliseconds = 250

/** One line on a terminal, redrawn as rows go by; no output anywhere else. */
export class ImportProgress {
  readonly #options: ProgressOptions
  readonly #begunAt: number
  #drawnAt = Number.NEGATIVE_INFINITY

  constructor(options: ProgressOptions) {
    this.#options = options
    this.#begunAt = options.monotonic()
  }

  show(rows: number): void {
    const { screen, monotonic } = this.#options
    const now = monotonic()
    if (!screen.isTTY || now - this.#drawnAt < redrawMilliseconds) return
    this.#drawnAt = now
    screen.write(`${eraseLine}${this.#describe(rows, (now - this.#begunAt) / 1_000)}`)
  }

  /** Lets the next output begin on a line of its own. */
  clear(): void {
    if (this.#options.screen.isTTY) this.#options.screen.write(eraseLine)
  }

  #describe(rows: number, seconds: number): string {
    const { total } = this.#options
    const rate = seconds > 0 ? rows / seconds : 0
    const pace = `${grouped(rows)} rows, ${grouped(Math.round(rate))}/s`
    if (total === null || total === 0 || rate === 0) return pace
    const share = Math.min(99, Math.floor((rows / total) * 100))
    return `${share} %: ${pace}, ${duration(Math.max(0, total - rows) / rate)} left`
  }
}

const eraseLine = '\r\u001b[K'

function grouped(count: number): string {
  return count.toLocaleString('en-US')
}

function duration(seconds: number): string {
  return seconds < 90 ? `${Math.ceil(seconds)} s` : `${Math.ceil(seconds / 60)} min`
}
