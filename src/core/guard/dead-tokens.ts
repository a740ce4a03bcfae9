import { BoundedMap } from '../bounded-map.ts'
import type { Client } from '../client.ts'
import { AuthError } from '../errors.ts'
import { deadTokens } from './limits.ts'
import { networkOf } from './network.ts'
import type { WindowLimit } from './rate-limit.ts'
import { isOpen } from './window.ts'

// Beyond this number the network that was seen first is forgotten.
const rememberedNetworks = 10_000

interface Seen {
  count: number
  readonly endsAt: number
}

/**
 * Tells clients that send many dead tokens to wait. It is meant for broken clients: tokens cannot be guessed, and
 * each was looked up before it is counted. It counts in memory, for each process separately, and never counts live
 * tokens.
 */
export class DeadTokens {
  readonly #clock: () => Date
  readonly #seen = new BoundedMap<Seen>(rememberedNetworks)

  constructor(clock: () => Date) {
    this.#clock = clock
  }

  /** @throws AuthError `rate_limited` with the seconds to wait, if it is one too many from a network */
  count(kind: keyof typeof deadTokens, { ipAddress }: Client): void {
    const now = this.#clock().getTime()
    const limit = deadTokens[kind]
    const seen = this.#find(`${kind} ${ipAddress === null ? '' : networkOf(ipAddress)}`, limit, now)
    seen.count += 1
    if (seen.count <= limit.attempts) return
    const retryAfterSeconds = Math.ceil((seen.endsAt - now) / 1_000)
    throw new AuthError('rate_limited', { retryAfterSeconds, limit })
  }

  #find(key: string, limit: WindowLimit, now: number): Seen {
    const known = this.#seen.get(key)
    if (known && isOpen(known, limit, now)) return known
    const begun = { count: 0, endsAt: now + limit.windowSeconds * 1_000 }
    this.#seen.set(key, begun)
    return begun
  }
}
