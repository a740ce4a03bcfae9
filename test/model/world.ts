// A server beside a model of it: what is done to the one is told the other, which says what is to be answered.
import type { Server } from '../harness.ts'
import { signUpAs } from './account-acts.ts'
import type { Act } from './act.ts'
import { deliverBy } from './ending-acts.ts'
import { Known } from './known.ts'
import { type Done, ordersOf, type Step } from './orders.ts'
import { openProofWith, requestProofBy } from './proof-acts.ts'
import { Difference } from './replies.ts'
import type { Servers } from './servers.ts'
import { emptyState, type State } from './state.ts'

const shownSteps = 25
let worlds = 0

/** Some people of their own, on servers that others used before. */
export class World {
  readonly servers: Servers
  readonly known: Known
  // What may be so: more than one only after two did something at once, and nothing told yet who came first.
  #states: readonly State[]
  readonly #steps: string[] = []

  constructor(servers: Servers) {
    this.servers = servers
    const { clock, arrived, variant } = servers
    // What was counted against the people before is over.
    clock.advance({ hours: 24 })
    const settings = { signUp: variant.signUp, isLimited: variant.rateLimits === 'on' }
    const state = emptyState(settings, clock().getTime())
    const world = ++worlds
    const addresses = ['ann', 'bob', 'eve', 'kim'].map((name) => `${name}-${world}@example.com`)
    this.#states = [state]
    this.known = new Known({ state, addresses, arrived, clock })
  }

  /** Two are there already, with a proved address: else there would be nobody to do most things. */
  async begin(): Promise<void> {
    const { known } = this
    for (const address of known.addresses.slice(0, 2)) {
      await this.do(signUpAs({ address, password: 'correct horse battery', device: 'curl/8.5.0' }))
    }
    for (const { token } of known.state.sessions) await this.do(requestProofBy(token))
    await this.do(deliverBy(known))
    for (const link of known.links)
      await this.do(openProofWith({ link, token: null, password: 'correct horse battery' }))
  }

  /** Asks one of the servers after the other, unless one is named. */
  async do(act: Act, number = this.#steps.length): Promise<void> {
    const done = [await this.#send(act, number)]
    await this.servers.settle()
    this.#keep(done)
  }

  /** At the same time: the answers are those of one order or of the other. */
  async both(acts: readonly [Act, Act], number: number): Promise<void> {
    const { chance } = this.servers
    chance.begin(number)
    const done = await Promise.all(acts.map((act, index) => this.#send(act, number + index)))
    chance.begin(0)
    await this.servers.settle()
    this.#keep(done)
  }

  /** Everybody goes, and with them what waits. */
  async end(): Promise<void> {
    const [server] = this.servers.all
    if (!server) return
    for (const emailAddress of this.known.addresses) {
      const user = await server.auth.findUser({ emailAddress })
      if (user) await server.auth.deleteUser(user)
    }
    await server.auth.revokeOneTimeTokens()
    await server.outbox.deliverDue()
    this.known.arrived.splice(0)
  }

  note(step: string): void {
    this.#steps.push(step)
  }

  async #send(act: Act, number: number): Promise<Done> {
    const server = this.#server(number)
    const reply = await act.send(server)
    this.servers.count(`${reply.status} ${reply.body?.code ?? ''}`.trim())
    this.known.learn(reply.body)
    return { act, reply }
  }

  #server(number: number): Server {
    const { all } = this.servers
    const server = all[number % all.length]
    if (!server) throw new Error('No server runs')
    return server
  }

  #keep(done: readonly Done[]): void {
    const says = done.map(
      ({ act, reply }) => `${act.says} → ${reply.status} ${reply.body?.code ?? ''}`,
    )
    this.#steps.push(says.join('\n  and '))
    const differences: string[] = []
    const kept = new Map<string, State>()
    for (const state of this.#states) {
      for (const order of ordersOf(done)) {
        const after = this.#judge(state, order)
        if (after instanceof Difference) differences.push(after.message)
        else kept.set(JSON.stringify(after), after)
      }
    }
    const [first] = kept.values()
    if (!first) throw new Error(this.#explain(differences))
    this.#states = [...kept.values()]
    this.known.state = first
  }

  #judge(before: State, order: readonly Step[]): State | Difference {
    const state = structuredClone(before)
    state.now = this.servers.clock().getTime()
    try {
      for (const step of order) step(state)
      return state
    } catch (error) {
      if (error instanceof Difference) return error
      throw error
    }
  }

  #explain(differences: readonly string[]): string {
    const steps = this.#steps.slice(-shownSteps)
    const { acts } = this.servers
    return [`After ${acts} acts:`, ...steps, ...new Set(differences)].join('\n')
  }
}
