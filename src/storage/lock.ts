import { setImmediate } from 'node:timers/promises'

// As it is when this is loaded: an application's tests may replace Node's own. Then nobody would get the lock any more.
const nextTurn = setImmediate

/** A lock with one holder at a time, in the order of the calls. */
export class Lock {
  #last: Promise<unknown> = Promise.resolve()

  hold<T>(work: () => Promise<T>): Promise<T> {
    const held = this.#last.then(work)
    // The next holder waits until this one has ended, successfully or not, and for a turn of the event loop:
    // otherwise a series of holders would let nothing else run.
    this.#last = held.catch(() => {}).then(() => nextTurn())
    return held
  }
}
