// The servers that are held against the model: on one database, with one clock and one mailbox.

import type { Transport } from 'latchkey/server'
import { type Clock, movableClock } from 'latchkey/testing'
import { emptyDatabaseUrl, type Server, startServer } from '../harness.ts'
import type { Arrived } from './entities.ts'
import { rules, type State } from './state.ts'
import { Chance } from './unevenly.ts'

export interface Variant {
  readonly servers: 1 | 2
  readonly signUp: State['signUp']
  readonly rateLimits: 'on' | 'off'
}

export class Servers {
  readonly clock: Clock = movableClock()
  readonly chance = new Chance()
  readonly arrived: Arrived[] = []
  readonly answers = new Map<string, number>()
  readonly variant: Variant
  readonly #url: string
  readonly #all: Server[] = []

  private constructor(variant: Variant, url: string) {
    this.variant = variant
    this.#url = url
  }

  static async start(variant: Variant): Promise<Servers> {
    const servers = new Servers(variant, await emptyDatabaseUrl())
    for (let left = variant.servers; left > 0; left--) servers.#all.push(await servers.#open())
    return servers
  }

  /** How many acts there were. */
  get acts(): number {
    return [...this.answers.values()].reduce((sum, each) => sum + each, 0)
  }

  count(answer: string): void {
    this.answers.set(answer, (this.answers.get(answer) ?? 0) + 1)
  }

  get all(): readonly Server[] {
    return this.#all
  }

  /** One stops, and another is there on the same database, which knows nothing else. */
  async restart(number: number): Promise<void> {
    const index = number % this.#all.length
    const next = await this.#open()
    const [old] = this.#all.splice(index, 1, next)
    await old?.database.close()
  }

  /** Uses are written down, and refusals, as by themselves after a second. */
  async settle(): Promise<void> {
    for (const { auth } of this.#all) await auth.flush()
  }

  #open(): Promise<Server> {
    const { clock, chance, arrived, variant } = this
    const transport: Transport = {
      async deliver({ compose }) {
        await chance.wait()
        const { to, subject, text } = await compose()
        arrived.push({ to, subject, token: /lk[rv]_\w+/.exec(text)?.[0] ?? null })
        return { status: 'sent' }
      },
    }
    const { idle, maximum, keyDays, reset } = rules
    const hours = (milliseconds: number) => milliseconds / 3_600_000
    const { signUp, rateLimits } = variant
    return startServer({
      databaseUrl: this.#url,
      transport,
      watch: (database) => chance.database(database),
      auth: {
        clock,
        signUp,
        rateLimits,
        passwordHash: chance.hash(),
        resetTokenMinutes: reset / 60_000,
        sessions: {
          idleHours: hours(idle),
          maximumHours: hours(maximum),
          maximumPerUser: rules.sessions,
        },
        apiKeys: {
          scopes: ['projects:read', 'projects:write'],
          defaultDays: keyDays.usual,
          maximumDays: keyDays.most,
          maximumPerUser: rules.keys,
        },
      },
    })
  }
}
