import { appendFileSync, readFileSync } from 'node:fs'

/**
 * Something that is born once and dies once: a user, a password, a session, a key, a link, a project.
 * Named by what it is and whose, or by the digest of its token.
 */
export type Thing =
  `${'user' | 'password' | 'session' | 'key' | 'link' | 'project' | 'nameless'} ${string}`

export type State = 'alive' | 'dead'

/** What an operation makes of a thing when it succeeds. */
export interface Effect {
  readonly thing: Thing
  readonly becomes: State
}

/**
 * `ok` was acknowledged, `fail` was refused or never sent, and of `unknown` nobody knows: the
 * connection broke, or the answer was a 503 or no answer.
 */
export type Result = 'ok' | 'fail' | 'unknown'

/** A mail that an operation causes: to whom, and its subject. */
export interface Caused {
  readonly to: string
  readonly subject: string
}

/** Something that a client asked for. Instants are milliseconds since the history began. */
export interface Operation {
  readonly type: 'operation'
  readonly name: string
  readonly start: number
  readonly end: number
  readonly result: Result
  /** Of the answer; 0 where there was none. */
  readonly status: number
  readonly effects: readonly Effect[]
  readonly mails: readonly Caused[]
  /** Mails that nobody needs any more, and that may not be sent for it. */
  readonly moots: readonly Caused[]
  /** The addresses whose links die by it, also those that are just being mailed. */
  readonly voids: readonly string[]
}

/** What somebody saw, through the API or in the tables. */
export interface Observation {
  readonly type: 'observation'
  readonly source: 'api' | 'tables'
  readonly start: number
  readonly end: number
  readonly thing: Thing
  readonly state: State
}

/** A mail that arrived. */
export interface Arrival extends Caused {
  readonly type: 'mail'
  readonly at: number
  /** `rowless`: it had a link, and the tables did not know of its token. */
  readonly link: 'none' | 'known' | 'rowless'
}

/** A mail that ended unsent, where whoever runs the server sees it: refused, or left twice without an answer. */
export interface GivenUp extends Caused {
  readonly type: 'given up'
  readonly at: number
}

/** What was done to the server, and how long it took to give a good answer again. */
export interface Fault {
  readonly type: 'fault'
  readonly name: string
  readonly at: number
  /** What was under way, or at which call of the system it was. */
  readonly point: string
  readonly recoveredAfter: number
}

/** What the tables say that they never may: a row without its owner, a page that is damaged. */
export interface Damage {
  readonly type: 'damage'
  readonly at: number
  readonly what: string
}

export type Entry = Operation | Observation | Arrival | GivenUp | Fault | Damage

/** What happened, in the order in which it was over. It is only ever appended to. */
export interface History {
  readonly entries: readonly Entry[]
  /** Milliseconds since it began. */
  now(): number
  append(entry: Entry): void
}

/** @param file where each entry is a line of JSON, so that a run that broke off can be read */
export function openHistory(file: string): History {
  const entries: Entry[] = []
  const began = performance.now()
  return {
    entries,
    now: () => performance.now() - began,
    append(entry) {
      entries.push(entry)
      appendFileSync(file, `${JSON.stringify(entry)}\n`)
    },
  }
}

export function readHistory(file: string): Entry[] {
  const lines = readFileSync(file, 'utf8').split('\n').filter(Boolean)
  return lines.map((line) => JSON.parse(line))
}
