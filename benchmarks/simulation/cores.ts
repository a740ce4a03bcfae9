import type { Agenda } from './agenda.ts'

interface Work {
  readonly microseconds: number
  readonly then: () => void
}

/** A number of cores, each of which does one piece of work at a time, in the order of arrival. */
export class Cores {
  readonly #agenda: Agenda
  readonly #count: number
  readonly #waiting = new Line<Work>()
  readonly #patient = new Line<Work>()
  #busy = 0
  /** The time that all cores together have worked. */
  microseconds = 0

  constructor(agenda: Agenda, count: number) {
    this.#agenda = agenda
    this.#count = count
  }

  do(microseconds: number, then: () => void): void {
    this.#waiting.add({ microseconds, then })
    this.#takeUp()
  }

  /** Does the work when nothing else waits. */
  doLast(microseconds: number, then: () => void): void {
    this.#patient.add({ microseconds, then })
    this.#takeUp()
  }

  #takeUp(): void {
    if (this.#busy === this.#count) return
    const work = this.#waiting.take() ?? this.#patient.take()
    if (!work) return
    this.#busy++
    this.#agenda.after(work.microseconds / 1_000_000, () => {
      this.#busy--
      this.microseconds += work.microseconds
      work.then()
      this.#takeUp()
    })
  }
}

/** A pipelined connection: many statements are sent at once, and one process of the database answers in order. */
export class Connection {
  readonly #database: Cores
  readonly #waiting = new Line<Work>()
  #isBusy = false

  constructor(database: Cores) {
    this.#database = database
  }

  ask(microseconds: number, then: () => void): void {
    this.#waiting.add({ microseconds, then })
    if (!this.#isBusy) this.#next()
  }

  #next(): void {
    const work = this.#waiting.take()
    this.#isBusy = work !== null
    if (!work) return
    this.#database.do(work.microseconds, () => {
      work.then()
      this.#next()
    })
  }
}

/** A queue of any length: first in, first out. */
class Line<Item> {
  #items: Item[] = []
  #first = 0

  add(item: Item): void {
    this.#items.push(item)
  }

  take(): Item | null {
    const item = this.#items[this.#first] ?? null
    if (item === null) return null
    if (++this.#first > 1_024) {
      this.#items = this.#items.slice(this.#first)
      this.#first = 0
    }
    return item
  }
}
