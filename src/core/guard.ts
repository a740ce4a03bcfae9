import { hash } from 'node:crypto'
import { AuthError } from './errors.ts'
import type { RateLimit } from './rate-limit.ts'
import { Recent } from './recent.ts'

/** What is counted, each for itself. */
export type GuardedAct =
  | 'log_in'
  | 'sign_up'
  | 'password_reset'
  | 'password_challenge'
  | 'email_verification'
  | 'api_key'
  | 'session_token'

/** Who tries, and on whom. */
export interface GuardedAttempt {
  /** The address that was typed, known or unknown; of whoever is logged in, the user's id. */
  readonly account: string
  /** Where the request comes from; null counts by account alone. */
  readonly ipAddress: string | null
}

/** What the guard asks of a database. */
export interface GuardStore {
  /**
   * Adds `window.attempts` to each key, in a transaction of its own that is committed when this
   * resolves. A window that has ended begins anew; one that a clock ahead of ours has put further away than
   * `window.endsAt` ends then, and keeps its count. The last seconds of counts may be lost in a power
   * cut, not in a crash.
   */
  count(keys: readonly string[], window: GuardWindow): Promise<GuardCount[]>
}

export interface GuardWindow {
  /** How many are counted at once. */
  readonly attempts: number
  readonly now: Date
  /** When a window ends that begins now. */
  readonly endsAt: Date
}

export interface GuardCount {
  readonly key: string
  readonly count: number
  readonly endsAt: Date
}

/** Rails' numbers: `rate_limit to: 10, within: 3.minutes`. */
const guardLimit: RateLimit = { name: 'attempts', attempts: 10, windowSeconds: 180 }

// What is full is refused without a write; beyond so many, the oldest costs one again.
const rememberedCounts = 10_000

/**
 * Lets ten attempts at each act pass within three minutes, on one account and from one address,
 * and refuses the rest before anything is looked up or hashed. Successes count too.
 */
export class Guard {
  readonly #store: GuardStore
  readonly #clock: () => Date
  readonly #full = new Recent<GuardCount>(rememberedCounts)

  constructor(store: GuardStore, clock: () => Date) {
    this.#store = store
    this.#clock = clock
  }

  /**
   * SECURITY: the count is committed before the attempt is judged. Fifty guesses at once are fifty
   * counts, and none is lost when what follows is undone.
   *
   * @throws AuthError `rate_limited` with the seconds to wait, `unavailable`
   */
  async count(act: GuardedAct, attempt: GuardedAttempt): Promise<void> {
    const now = this.#clock()
    const endsAt = new Date(now.getTime() + guardLimit.windowSeconds * 1_000)
    const keys = keysOf(act, attempt)
    this.#refuse(
      keys.flatMap((key) => this.#full.get(key) ?? []),
      { now, endsAt },
    )
    const counts = await this.#store.count(keys, { attempts: 1, now, endsAt })
    const full = counts.filter(({ count }) => count >= guardLimit.attempts)
    for (const count of full) this.#full.set(count.key, count)
    const isOver = counts.some(({ count }) => count > guardLimit.attempts)
    // Both, where the one that is over ends before the other that is just full.
    if (isOver) this.#refuse(full, { now, endsAt })
  }

  #refuse(full: readonly GuardCount[], { now, endsAt }: Omit<GuardWindow, 'attempts'>): void {
    const ends = full.map((count) => count.endsAt.getTime())
    const current = ends.filter((end) => end > now.getTime() && end <= endsAt.getTime())
    if (current.length === 0) return
    const retryAfterSeconds = Math.ceil((Math.max(...current) - now.getTime()) / 1_000)
    throw new AuthError('rate_limited', { retryAfterSeconds, limit: guardLimit })
  }
}

// In one order, so that two transactions never wait for each other. Digests, because a table of
// whoever mistyped a password is nobody's business.
function keysOf(act: GuardedAct, { account, ipAddress }: GuardedAttempt): string[] {
  const address = ipAddress === null ? [] : [`address ${networkOf(ipAddress)}`]
  const counted = [`account ${account}`, ...address]
  return counted.map((each) => hash('sha256', `${act} ${each}`, 'base64url')).sort()
}

// SECURITY: whoever has one IPv6 address has all of its /64 (RFC 6177 §2), ten attempts for each.
function networkOf(ipAddress: string): string {
  if (!ipAddress.includes(':')) return ipAddress
  const [before = '', after] = ipAddress.split('::')
  const groups = [before, after ?? ''].map((part) =>
    part.split(':').filter((group) => group !== ''),
  )
  const [left = [], right = []] = groups
  const zeros = Array<string>(Math.max(0, 8 - left.length - right.length)).fill('0')
  const whole = after === undefined ? left : [...left, ...zeros, ...right]
  return whole
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16))
    .join(':')
}
