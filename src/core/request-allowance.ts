import { hash } from 'node:crypto'
import { AuthError } from './errors.ts'
import type { GuardStore } from './guard.ts'
import type { RateLimit } from './rate-limit.ts'

const windowSeconds = 60
// A limit is taken up in so many blocks: each is a write, and all requests of a block are none.
const blocks = 20
// Beyond so many keys, the oldest takes up a block anew.
const rememberedKeys = 10_000

/** What is left of the block that this process took up, or that nothing was left to take up. */
interface Block {
  left: number
  readonly isLast: boolean
  readonly endsAt: Date
}

/**
 * Lets each API key make so many requests a minute, all processes together. They are counted in the
 * database a block at a time, before they are made: no process can admit what another has. What one
 * took up and does not need, up to a block, is lost to the others until the minute ends. At the border
 * of two minutes twice the limit can fall into a moment; a power cut can forget the last seconds.
 */
export class RequestAllowance {
  readonly #store: GuardStore
  readonly #clock: () => Date
  readonly #limit: RateLimit
  readonly #blocks = new Map<string, Block>()
  readonly #taking = new Map<string, Promise<Block>>()

  constructor(store: GuardStore, clock: () => Date, requestsPerMinute: number) {
    this.#store = store
    this.#clock = clock
    this.#limit = { name: 'requests', attempts: requestsPerMinute, windowSeconds }
  }

  /** @throws AuthError `rate_limited` with the seconds to wait, `unavailable` */
  async use(apiKeyId: string): Promise<void> {
    // Of many that wait for one block, those that it was too small for wait for the next.
    for (;;) {
      const block = this.#current(apiKeyId) ?? (await this.#take(apiKeyId))
      if (block.left > 0) {
        block.left -= 1
        return
      }
      if (block.isLast) throw this.#refusal(block)
    }
  }

  // One whose end lies further away than a window got it from a clock that was wrong.
  #current(apiKeyId: string): Block | null {
    const block = this.#blocks.get(apiKeyId)
    if (!block || (block.left === 0 && !block.isLast)) return null
    const left = block.endsAt.getTime() - this.#clock().getTime()
    return left > 0 && left <= windowSeconds * 1_000 ? block : null
  }

  #take(apiKeyId: string): Promise<Block> {
    const taking = this.#taking.get(apiKeyId) ?? this.#lease(apiKeyId)
    this.#taking.set(apiKeyId, taking)
    return taking.finally(() => this.#taking.delete(apiKeyId))
  }

  async #lease(apiKeyId: string): Promise<Block> {
    const now = this.#clock()
    const end = new Date(now.getTime() + windowSeconds * 1_000)
    const attempts = Math.ceil(this.#limit.attempts / blocks)
    const key = hash('sha256', `requests ${apiKeyId}`, 'base64url')
    const [counted] = await this.#store.count([key], { attempts, now, endsAt: end })
    const { count = attempts, endsAt = end } = counted ?? {}
    const left = Math.max(0, Math.min(attempts, this.#limit.attempts - (count - attempts)))
    const block = { left, isLast: count >= this.#limit.attempts, endsAt }
    this.#remember(apiKeyId, block)
    return block
  }

  #remember(apiKeyId: string, block: Block): void {
    this.#blocks.delete(apiKeyId)
    const [oldest] = this.#blocks.keys()
    if (oldest !== undefined && this.#blocks.size >= rememberedKeys) this.#blocks.delete(oldest)
    this.#blocks.set(apiKeyId, block)
  }

  #refusal({ endsAt }: Block): AuthError {
    const milliseconds = endsAt.getTime() - this.#clock().getTime()
    const retryAfterSeconds = Math.max(1, Math.ceil(milliseconds / 1_000))
    return new AuthError('rate_limited', { retryAfterSeconds, limit: this.#limit })
  }
}
