/**
 * The write that goes on while the next rows are read and checked: one at a time, so that no more
 * than two batches are in memory. Nothing that is looked up meanwhile may depend on it.
 */
export class PendingWrite {
  #last: Promise<void> = Promise.resolve()

  /** @throws the error of the write before */
  async begin(work: () => Promise<void>): Promise<void> {
    await this.#last
    this.#last = work()
    // The next caller gets the error. Until then it is unhandled, which would end the process.
    this.#last.catch(() => {})
  }

  /** @throws the error of the write */
  async end(): Promise<void> {
    await this.#last
  }
}
