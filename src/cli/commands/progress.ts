/** The progress of a long command, on one line of a terminal that is overwritten. */
export class Progress {
  #width = 0

  say(sentence: string): void {
    // A log, or the mail of a cron job, is no place for it.
    if (!process.stderr.isTTY) return
    process.stderr.write(`\r${sentence.padEnd(this.#width)}`)
    this.#width = sentence.length
  }

  /** Clears the line. */
  end(): void {
    this.say('')
    this.say('')
  }
}
