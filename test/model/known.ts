// What there is to act with: whatever was handed out, and what may still work more often than what is over.
import type { Clock } from 'latchkey/testing'
import type { Pick } from './act.ts'
import type { Arrived, User } from './entities.ts'
import { isLive, type State } from './state.ts'

export const passwords = ['correct horse battery', 'another horse battery', 'third horse battery']
export const devices = ['curl/8.5.0', 'Wget/1.21.3', 'okhttp/4.12.0']

interface Beginning {
  readonly state: State
  readonly addresses: readonly string[]
  readonly arrived: Arrived[]
  readonly clock: Clock
}

export class Known {
  readonly addresses: readonly string[]
  readonly tokens: string[] = []
  readonly links: string[] = []
  readonly issued: string[] = []
  readonly ids: string[] = ['00000000-0000-7000-8000-000000000000']
  /** One of those that may be so. */
  state: State
  /** What arrived and was not judged yet. */
  readonly arrived: Arrived[]
  readonly #clock: Clock

  constructor({ state, addresses, arrived, clock }: Beginning) {
    this.state = state
    this.addresses = addresses
    this.arrived = arrived
    this.#clock = clock
  }

  /** Later than the state's where nothing was asked since. */
  get now(): number {
    return this.#clock().getTime()
  }

  wait(milliseconds: number): void {
    this.#clock.advance({ milliseconds })
  }

  /** Notes what an answer hands out. */
  learn(body: unknown): void {
    const text = JSON.stringify(body) ?? ''
    for (const [token] of text.matchAll(/lk[sk]_\w+/g)) note(this.tokens, token)
    for (const [, token] of text.matchAll(/"access_token":"([^"]+)"/g)) note(this.issued, token)
    for (const [id] of text.matchAll(/[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}/g))
      note(this.ids, id)
  }

  session(pick: Pick): string | null {
    const live = this.state.sessions.filter((each) => isLive(this.state, each))
    const tokens = live.map(({ token }) => token)
    return mostly(pick, tokens, [...this.tokens, null]) ?? null
  }

  token(pick: Pick): string | null {
    return pick([...this.tokens, 'lks_WpPqC8uQbzYhWTpwi3PmKCHJKRYK52xu3paAL6', null]) ?? null
  }

  /** A session, mostly of somebody, and who that is. */
  holder(pick: Pick): { token: string | null; user: User | null } {
    const token = this.session(pick)
    const session = this.state.sessions.find((each) => each.token === token)
    const user = this.state.users.find(({ id }) => id === session?.userId) ?? null
    return { token, user }
  }

  address(pick: Pick): string {
    const taken = this.state.users.map(({ address }) => address)
    return mostly(pick, taken, this.addresses) ?? ''
  }

  /** Mostly the right one. */
  password(user: User | null | undefined, pick: Pick): string {
    return mostly(pick, user ? [user.password] : [], passwords) ?? ''
  }

  /** Mostly none, or the right one. */
  challenge(user: User | null, pick: Pick): string | null {
    return mostly(pick, user ? [null, user.password] : [null], ['wrong horse battery']) ?? null
  }

  link(kind: 'reset' | 'proof', pick: Pick): string {
    const { links, registrations, now } = this.state
    const live = links.filter((each) => each.kind === kind && each.expiresAt > now)
    const waiting = kind === 'proof' ? registrations : []
    const tokens = [...live, ...waiting].flatMap(({ token }) => token ?? [])
    return mostly(pick, tokens, [...this.links, 'lkr_1']) ?? ''
  }
}

/** Of what is likely to work, if there is anything; now and then of the rest. */
export function mostly<T>(pick: Pick, likely: readonly T[], others: readonly T[]): T | undefined {
  const isLikely = pick([true, true, true, true, true, true, true, false])
  return pick(isLikely && likely.length > 0 ? likely : others)
}

function note(all: string[], one: string | undefined): void {
  if (one !== undefined && !all.includes(one)) all.push(one)
}
