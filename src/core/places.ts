import type { WaitingLine } from './waiting-line.ts'

/**
 * Lets so much work be under way at a time, a place for each account: all of one account share its place, and
 * begin when it does.
 */
export class Places {
  readonly #underWay: number
  readonly #line: WaitingLine
  readonly #taken = new Map<string, Place>()
  #begun = 0

  /** Those for whom it is too early wait in the `line`. */
  constructor(underWay: number, line: WaitingLine) {
    this.#underWay = underWay
    this.#line = line
  }

  /** How many accounts have a place, and have begun or wait to begin. */
  get taken(): number {
    return this.#taken.size
  }

  has(account: string): boolean {
    return this.#taken.has(account)
  }

  /** @throws what the line says to whoever waits in vain: then nothing of the work was done */
  async run<T>(account: string, work: () => Promise<T>): Promise<T> {
    const place = this.#taken.get(account) ?? this.#take(account)
    place.works++
    try {
      await place.turn
      place.hasBegun = true
      return await work()
    } finally {
      place.works--
      if (place.works === 0) this.#leave(account, place)
    }
  }

  #take(account: string): Place {
    const place = { works: 0, hasBegun: false, turn: this.#turn() }
    this.#taken.set(account, place)
    return place
  }

  async #turn(): Promise<void> {
    if (this.#begun < this.#underWay) this.#begun++
    else await this.#line.wait()
  }

  // The next in line begins instead, unless this one was refused before it had.
  #leave(account: string, { hasBegun }: Place): void {
    this.#taken.delete(account)
    if (hasBegun && !this.#line.next()) this.#begun--
  }
}

interface Place {
  /** How many share it. */
  works: number
  hasBegun: boolean
  /** Resolves when they may begin. */
  readonly turn: Promise<void>
}
