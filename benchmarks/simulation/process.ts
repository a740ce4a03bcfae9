// One process of Latchkey: a core, two pipelined connections to the database, a queue for hashes.
import type { Agenda } from './agenda.ts'
import { Connection, Cores } from './cores.ts'
import type { Figures } from './figures.ts'

// The share of a check's CPU before the query; the rest is for reading its result and for answering.
const before = 0.6
// As in the product with one process for each core: how many hashes are computed at once, how many wait, and how long.
const [atOnce, maximumWaiting, waitSeconds] = [1, 32, 2]
// How long the system's scheduler runs a hash before it looks whether a check waits.
const sliceMicroseconds = 1_000

/** The outcome of a request. If its process dies, there is none. */
export type Outcome = 'answered' | 'refused'

export class Process {
  isAlive = true
  /** The number of checks that are not answered yet. */
  underWay = 0
  readonly core: Cores
  readonly #agenda: Agenda
  readonly #database: Cores
  readonly #figures: Figures
  readonly #connections: readonly Connection[]
  readonly #waiting = new Set<() => void>()
  #hashing = 0
  // A moving average of the seconds that a hash takes.
  #lately = 0
  #checks = 0

  constructor(agenda: Agenda, { database, figures }: { database: Cores; figures: Figures }) {
    this.#agenda = agenda
    this.#database = database
    this.#figures = figures
    this.core = new Cores(agenda, 1)
    this.#connections = [new Connection(database), new Connection(database)]
  }

  check(then: () => void): void {
    this.underWay++
    const answer = () => {
      this.underWay--
      if (this.isAlive) then()
    }
    const { check, pause } = this.#figures
    const own = check.nodeMicroseconds - pause.microseconds / pause.everyChecks
    if (++this.#checks % pause.everyChecks === 0) this.core.do(pause.microseconds, () => {})
    this.core.do(own * before, () =>
      this.#connections[this.#checks % 2]?.ask(check.databaseMicroseconds, () =>
        this.core.do(own * (1 - before), answer),
      ),
    )
  }

  logIn(then: (outcome: Outcome) => void): void {
    const { logIn, hash, mail, swept } = this.#figures
    const own = logIn.nodeMicroseconds - hash.microseconds
    this.core.do(own, () =>
      this.#hash((outcome) => {
        if (outcome === 'refused') return then(outcome)
        this.#database.do(logIn.databaseMicroseconds, () => this.isAlive && then(outcome))
        // Each log-in causes one session to be swept later, and at most one mail.
        this.#database.do(mail.databaseMicroseconds + swept.databaseMicroseconds, () => {})
      }),
    )
  }

  #hash(then: (outcome: Outcome) => void): void {
    const start = () => {
      this.#hashing++
      const began = this.#agenda.now
      this.#slice(this.#figures.hash.microseconds, () => {
        this.#hashing--
        this.#lately += (this.#agenda.now - began - this.#lately) / 8
        const [next] = this.#waiting
        next?.()
        then('answered')
      })
    }
    const turn = () => {
      this.#waiting.delete(turn)
      start()
    }
    const refuse = () => {
      if (this.#waiting.delete(turn)) then('refused')
    }
    if (this.#hashing < atOnce) start()
    else if (this.#waiting.size >= maximumWaiting || this.#isInVain) then('refused')
    else {
      this.#waiting.add(turn)
      this.#agenda.after(waitSeconds, refuse)
    }
  }

  get #isInVain(): boolean {
    return (this.#waiting.size * this.#lately) / atOnce > waitSeconds / 2
  }

  #slice(left: number, then: () => void): void {
    const now = Math.min(left, sliceMicroseconds)
    if (left <= 0) then()
    else this.core.doLast(now, () => this.#slice(left - now, then))
  }
}
