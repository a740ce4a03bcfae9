import { hash } from 'node:crypto'
import { argon2id } from 'latchkey/server'
import { Secret } from '../../src/core/secret.ts'
import type { Chance } from './chance.ts'
import type { Asked, Reply } from './client.ts'
import type { Caused, Effect, State, Thing } from './history.ts'
import type { UserRows } from './tables.ts'
import type { World } from './world.ts'

/** Whom a session, a key or a link belongs to, and how it is asked for and spoken of. */
export interface Held {
  readonly token: string
  readonly thing: Thing
  /** By which the API knows it; empty where it told nobody. */
  readonly id: string
}

interface Undertaking extends Asked {
  /** What it does when it succeeds; the reply is null while nobody knows. */
  readonly effects?: (reply: Reply | null) => readonly Effect[]
  readonly mails?: readonly Caused[]
  readonly moots?: readonly Caused[]
  /** Whether this person's links die by it. */
  readonly links?: 'live on' | 'die'
}

// As long as it takes: this is no server that must not be flooded.
const { verify } = argon2id({
  limits: { concurrency: 1, waiting: 10_000, waitMilliseconds: 600_000 },
})

/**
 * Somebody who does one thing after another, writes down what, and looks after each thing of which
 * nobody knows whether it happened.
 */
export class Person {
  readonly emailAddress: string
  readonly world: World
  readonly chance: Chance
  /** What they believe to live. */
  sessions: Held[] = []
  keys: Held[] = []
  projects: Held[] = []
  passwords: string[] = []
  isVerified = false
  /** How many mails with a link were asked for, or may have been. */
  readonly asked = { lkr_: 0, lkv_: 0 }
  isGone = false
  /** So many of the links that prove an address were refused. */
  deadProofs = 0
  /** So many of those to another password had come when a reset ended them all. */
  deadResets = 0
  /** Links that were used, or died unused. */
  readonly usedLinks = new Set<Thing>()
  /** Every thing there ever was of theirs, with the token by which the API can be asked. */
  readonly things = new Map<Thing, Held>()
  #passwordCount = 0
  readonly #passwordsEver = new Map<Thing, string>()
  #strangers = new Set<string>()
  #nameless: Thing | null = null

  constructor(world: World, emailAddress: string, chance: Chance) {
    this.world = world
    this.emailAddress = emailAddress
    this.chance = chance
  }

  get userThing(): Thing {
    return `user ${this.emailAddress}`
  }

  get passwordThing(): Thing {
    return `password ${this.emailAddress} ${this.passwords.at(-1)}`
  }

  /** A password that was never anybody's. */
  newPassword(): { text: string; thing: Thing } {
    this.#passwordCount += 1
    const text = `horse ${this.#passwordCount} of ${this.emailAddress.split('@')[0]} ${this.chance.below(1e9)}`
    const thing: Thing = `password ${this.emailAddress} ${text}`
    this.#passwordsEver.set(thing, text)
    return { text, thing }
  }

  held(kind: 'session' | 'key' | 'link', token: string, id = ''): Held {
    const held: Held = { token, id, thing: `${kind} ${hash('sha256', token)}` }
    this.things.set(held.thing, held)
    return held
  }

  project(id: string): Held {
    const held: Held = { token: '', id, thing: `project ${id}` }
    this.things.set(held.thing, held)
    return held
  }

  /** What stands for a session whose token got lost with the answer. */
  nameless(): Thing {
    this.#nameless = `nameless ${this.emailAddress} ${this.world.history.entries.length}`
    return this.#nameless
  }

  /** Asks for something, and writes down what became of it. */
  async undertake(
    name: string,
    line: string,
    { effects = () => [], mails = [], moots = [], links = 'live on', ...asked }: Undertaking = {},
  ): Promise<Reply> {
    this.#nameless = null
    const done = this.world.begin(name)
    const reply = await this.world.send(line, asked)
    done()
    const { start, end, result, status } = reply
    const all = effects(result === 'ok' ? reply : null)
    this.world.history.append({
      ...{ type: 'operation', name, start, end, result, status },
      ...{ effects: all, mails, moots, voids: links === 'die' ? [this.emailAddress] : [] },
    })
    const session = this.sessions.find(({ token }) => token === asked.token)
    if (session) this.#noteCredential(session.thing, reply)
    if (result === 'unknown' || status === 0) await this.world.settled()
    if (result === 'unknown') await this.lookAround()
    return reply
  }

  // Whoever is let in holds something that lives; `invalid_token` says that it does not.
  #noteCredential(thing: Thing, { result, code, start, end }: Reply): void {
    if (result === 'ok') this.see(thing, 'alive', { start, end, source: 'api' })
    if (code === 'invalid_token') this.see(thing, 'dead', { start, end, source: 'api' })
  }

  see(
    thing: Thing,
    state: State,
    where: { start: number; end: number; source: 'api' | 'tables' },
  ): void {
    this.world.history.append({ type: 'observation', ...where, thing, state })
  }

  /** Looks what became of everything. */
  async lookAround(): Promise<void> {
    const start = this.world.history.now()
    const rows = await this.world.tables.of(this.emailAddress)
    const where = { start, end: this.world.history.now(), source: 'tables' } as const
    const isAlive = await this.#livesIn(rows)
    const passwords = this.#passwordsWorthTrying().map(([thing]) => thing)
    for (const thing of [this.userThing, ...passwords, ...this.things.keys()]) {
      this.see(thing, isAlive(thing) ? 'alive' : 'dead', where)
    }
    const strangers = rows.sessions.filter((digest) => !this.things.has(`session ${digest}`))
    // Not by their number: what ended those from before left it as it was.
    const isNew = strangers.some((digest) => !this.#strangers.has(digest))
    if (this.#nameless) this.see(this.#nameless, isNew ? 'alive' : 'dead', where)
    this.#strangers = new Set(strangers)
    this.#nameless = null
    this.#believe(isAlive, rows)
    await this.askAgain()
  }

  async #livesIn(rows: UserRows): Promise<(thing: Thing) => boolean> {
    const { passwordHash, sessions, keys, links, projects } = rows
    const living = new Set<string>([
      ...sessions.map((digest) => `session ${digest}`),
      ...keys.map((digest) => `key ${digest}`),
      ...links.map((digest) => `link ${digest}`),
      ...projects.map((id) => `project ${id}`),
    ])
    if (passwordHash !== null) {
      living.add(this.userThing)
      for (const [thing, text] of this.#passwordsWorthTrying()) {
        if (await verify(passwordHash, new Secret(text))) living.add(thing)
      }
    }
    return (thing) => living.has(thing)
  }

  // Each costs a hash: the newest, and those that somebody may have.
  #passwordsWorthTrying(): readonly (readonly [Thing, string])[] {
    const all = [...this.#passwordsEver]
    return all.filter(([, text], index) => index >= all.length - 3 || this.passwords.includes(text))
  }

  #believe(isAlive: (thing: Thing) => boolean, { passwordHash }: UserRows): void {
    const all = [...this.things.values()]
    const living = (kind: string) =>
      all.filter(({ thing }) => thing.startsWith(`${kind} `) && isAlive(thing))
    this.sessions = living('session')
    this.keys = living('key')
    this.projects = living('project')
    this.passwords = [...this.#passwordsEver]
      .filter(([thing]) => isAlive(thing))
      .map(([, text]) => text)
    this.isGone = passwordHash === null
  }

  /** Asks the API about every token there ever was. */
  async askAgain(): Promise<void> {
    for (const held of this.things.values()) await this.ask(held)
  }

  async ask({ thing, token }: Held): Promise<void> {
    const isSession = thing.startsWith('session ')
    if (!isSession && !thing.startsWith('key ')) return
    const line = isSession ? 'GET /v1/session' : 'GET /v1/projects'
    const { start, end, status } = await this.world.send(line, { token })
    const state = status === 200 ? 'alive' : 'dead'
    if (status === 200 || status === 401) this.see(thing, state, { start, end, source: 'api' })
  }
}
