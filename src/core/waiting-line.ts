import type { AuthError } from './errors.ts'

/** Those who wait for a turn, in the order in which they came, each for so many milliseconds at most. */
export class WaitingLine {
  readonly #waiters = new Set<Waiter>()
  readonly #waitMilliseconds: number
  readonly #refuse: () => AuthError

  /** `refuse` says what whoever gets no turn is told. */
  constructor(waitMilliseconds: number, refuse: () => AuthError) {
    this.#waitMilliseconds = waitMilliseconds
    this.#refuse = refuse
  }

  get length(): number {
    return this.#waiters.size
  }

  /** @throws AuthError what `refuse` says, for whoever waited too long or was dismissed */
  wait(): Promise<void> {
    return new Promise((resolve, reject) => {
      const leave = (settle: () => void) => () => {
        clearTimeout(timer)
        this.#waiters.delete(waiter)
        settle()
      }
      const refuse = leave(() => reject(this.#refuse()))
      const timer = setTimeout(refuse, this.#waitMilliseconds)
      const until = performance.now() + this.#waitMilliseconds
      const waiter = { start: leave(resolve), refuse, until }
      this.#waiters.add(waiter)
    })
  }

  /** @returns whether there was somebody whose turn it is now */
  next(): boolean {
    const [first] = this.#waiters
    first?.start()
    return first !== undefined
  }

  /**
   * Whoever came when turns took less, and will not have one in time, need not wait for that: refuses the
   * last as long as it is so. `expect` says how long the last of so many is likely to wait from now.
   */
  dismiss(expect: (length: number) => number): void {
    const now = performance.now()
    for (const { refuse, until } of [...this.#waiters].reverse()) {
      if (now + expect(this.length) <= until) return
      refuse()
    }
  }
}

interface Waiter {
  start(): void
  refuse(): void
  /** When it is refused, in milliseconds of this process. */
  readonly until: number
}
