import { setImmediate as turn } from 'node:timers/promises'

/** One holder at a time, in the order of asking. */
export class Lock {
  #last: Promise<unknown> = Promise.resolve()

  hold<T>(work: () => Promise<T>): Promise<T> {
    const held = this.#last.then(work)
    // The next holder waits for the end of this one, however it ends, and for a turn of the event
    // loop: otherwise a row of holders would let nothing else happen.
    this.#last = held.catch(() => {}).then(() => turn())
    return held
  }
}
