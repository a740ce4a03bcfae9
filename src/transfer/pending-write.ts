/**
 * The write that runs while the next rows are read and checked: one at a time, so that at most two batches are in
 * memory. No look-up in the meantime may depend on it.
 */
export class PendingWrite {
  #last: Promise<void> = Promise.resolve()

  /** @throws the error of the previous write */
  async begin(work: () => Promise<void>): Promise<void> {
    await this.#last
    this.#last = work()
    // The next caller gets the error. Without this it would be unhandled until then, which ends the process.
    this.#last.catch(() => {})
  }

  /** @throws the error of the write */
  async end(): Promise<void> {
    await this.#last
  }
}
