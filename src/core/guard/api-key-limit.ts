import { hash } from 'node:crypto'
import { BoundedMap } from '../bounded-map.ts'
import { AuthError } from '../errors.ts'
import type { OwnApiKey } from '../statements/api-keys.ts'
import type { GuardStore } from './guard-store.ts'
import type { WindowLimit } from './rate-limit.ts'
import { isOpen } from './window.ts'

const windowSeconds = 60
// All keys of a user together may make this many times the requests of one key.
const keysWorth = 10
// A limit is divided into this many blocks: each block costs one write, and the requests within it none.
const blocks = 20
// Beyond this number the oldest is forgotten, and has to take a new block.
const rememberedKeys = 10_000

/** The block of requests that this process has taken, and how many are left. */
interface Block {
  left: number
  readonly isLast: boolean
  readonly endsAt: number
}

/**
 * Limits the requests of each API key per minute, and those of all keys of a user to ten times as many, over all
 * processes together. The database counts a whole block before its requests are made, so no two processes can use the
 * same part of a limit. The rest of a block that a process does not use is lost until the minute ends. Around the
 * border of two minutes up to twice the limit can pass, and a power cut can lose the last seconds.
 */
export class ApiKeyLimit {
  readonly #store: Pick<GuardStore, 'count'>
  readonly #clock: () => Date
  readonly #ofKey: WindowLimit
  readonly #ofUser: WindowLimit
  readonly #blocks = new BoundedMap<Block>(rememberedKeys)
  readonly #taking = new Map<string, Promise<Block>>()

  constructor(store: Pick<GuardStore, 'count'>, clock: () => Date, requestsPerMinute: number) {
    this.#store = store
    this.#clock = clock
    this.#ofKey = { name: 'requests', attempts: requestsPerMinute, windowSeconds }
    this.#ofUser = { ...this.#ofKey, attempts: keysWorth * requestsPerMinute }
  }

  /** @throws AuthError `rate_limited` with the seconds to wait, `unavailable` */
  async count({ id, userId }: OwnApiKey): Promise<void> {
    await this.#use(`key ${id}`, this.#ofKey)
    await this.#use(`user ${userId}`, this.#ofUser)
  }

  async #use(counted: string, limit: WindowLimit): Promise<void> {
    // Of the requests that wait for a block, those that do not fit into it wait for the next one.
    for (;;) {
      const block = this.#current(counted) ?? (await this.#take(counted, limit))
      if (block.left > 0) {
        block.left -= 1
        return
      }
      if (block.isLast) throw this.#refusal(block, limit)
    }
  }

  #current(counted: string): Block | null {
    const block = this.#blocks.get(counted)
    if (!block || (block.left === 0 && !block.isLast)) return null
    return isOpen(block, { windowSeconds }, this.#clock().getTime()) ? block : null
  }

  #take(counted: string, limit: WindowLimit): Promise<Block> {
    const known = this.#taking.get(counted)
    if (known) return known
    const taking = this.#lease(counted, limit).finally(() => this.#taking.delete(counted))
    this.#taking.set(counted, taking)
    return taking
  }

  async #lease(counted: string, limit: WindowLimit): Promise<Block> {
    const now = this.#clock()
    const end = new Date(now.getTime() + windowSeconds * 1_000)
    const attempts = Math.ceil(limit.attempts / blocks)
    const key = hash('sha256', `requests ${counted}`, 'base64url')
    const [found] = await this.#store.count(
      [{ key, attempts, maximum: limit.attempts, endsAt: end }],
      now,
    )
    const { count = attempts, endsAt = end } = found ?? {}
    const left = Math.max(0, Math.min(attempts, limit.attempts - (count - attempts)))
    const block = { left, isLast: count >= limit.attempts, endsAt: endsAt.getTime() }
    this.#blocks.set(counted, block)
    return block
  }

  #refusal({ endsAt }: Block, limit: WindowLimit): AuthError {
    const milliseconds = endsAt - this.#clock().getTime()
    const retryAfterSeconds = Math.max(1, Math.ceil(milliseconds / 1_000))
    return new AuthError('rate_limited', { retryAfterSeconds, limit })
  }
}
