/** The terminal that shows it. */
export interface Screen {
  readonly isTTY?: boolean
  write(text: string): unknown
}

const eraseLine = '\r\u001b[K'

/** The progress of a long command, on one line of a terminal that is overwritten. */
export class Progress {
  readonly #screen: Screen

  constructor(screen: Screen = process.stderr) {
    this.#screen = screen
  }

  say(sentence: string): void {
    // A log, or the mail of a cron job, is no place for it.
    if (this.#screen.isTTY) this.#screen.write(`${eraseLine}${sentence}`)
  }

  /** Clears the line, so that the next output begins on it. */
  end(): void {
    this.say('')
  }
}
