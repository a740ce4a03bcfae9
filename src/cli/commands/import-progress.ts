import { Progress, type Screen } from './progress.ts'

interface ImportProgressOptions {
  /** How many rows there will be; null if unknown. */
  readonly total: number | null
  readonly screen: Screen
  /** In milliseconds. */
  readonly monotonic: () => number
}

const redrawMilliseconds = 250

/** How far an import is, how fast, and how long it takes. */
export class ImportProgress {
  readonly #total: number | null
  readonly #line: Progress
  readonly #monotonic: () => number
  readonly #begunAt: number
  #drawnAt = Number.NEGATIVE_INFINITY

  constructor({ total, screen, monotonic }: ImportProgressOptions) {
    this.#total = total
    this.#line = new Progress(screen)
    this.#monotonic = monotonic
    this.#begunAt = monotonic()
  }

  show(rows: number): void {
    const now = this.#monotonic()
    if (now - this.#drawnAt < redrawMilliseconds) return
    this.#drawnAt = now
    this.#line.say(this.#describe(rows, (now - this.#begunAt) / 1_000))
  }

  end(): void {
    this.#line.end()
  }

  #describe(rows: number, seconds: number): string {
    const total = this.#total
    const rate = seconds > 0 ? rows / seconds : 0
    const pace = `${grouped(rows)} rows, ${grouped(Math.round(rate))}/s`
    if (total === null || total === 0 || rate === 0) return pace
    const share = Math.min(99, Math.floor((rows / total) * 100))
    return `${share} %: ${pace}, ${duration(Math.max(0, total - rows) / rate)} left`
  }
}

function grouped(count: number): string {
  return count.toLocaleString('en-US')
}

function duration(seconds: number): string {
  return seconds < 90 ? `${Math.ceil(seconds)} s` : `${Math.ceil(seconds / 60)} min`
}
