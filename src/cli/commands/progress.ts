/** What a long command does, for whoever watches it: one line of a terminal, over and over. */
export class Progress {
  #width = 0

  say(sentence: string): void {
    // A log, or the mail of a cron job, is no place for it.
    if (!process.stderr.isTTY) return
    process.stderr.write(`\r${sentence.padEnd(this.#width)}`)
    this.#width = sentence.length
  }

  /** Leaves an empty line. */
  end(): void {
    this.say('')
    this.say('')
  }
}
