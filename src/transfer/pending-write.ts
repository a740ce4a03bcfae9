/**
 * The write that goes on while the next rows are read and looked at: one at a time, so that no more than
 * two batches are in memory. Nothing that is looked up meanwhile may depend on it.
 */
export class PendingWrite {
  #last: Promise<void> = Promise.resolve()

  /** @throws what the one before ended with */
  async begin(work: () => Promise<void>): Promise<void> {
    await this.#last
    this.#last = work()
    // Whoever comes next is told. Until then it is nobody's, which would end the process.
    this.#last.catch(() => {})
  }

  /** @throws what it ended with */
  async end(): Promise<void> {
    await this.#last
  }
}
