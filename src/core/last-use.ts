// A use within this time of the last recorded one is not recorded.
const longestCoalescedMilliseconds = 300_000
const delayMilliseconds = 1_000
const delayAfterFailureMilliseconds = 30_000
const maximumWaiting = 10_000

type RecordUses = (ids: readonly string[], usedAt: Date) => Promise<void>

interface Used {
  readonly id: string
  readonly lastUsedAt: Date | null
}

/**
 * Records when sessions, or API keys, were used: after the answers, many at a time, each at most once in five minutes.
 * A crash loses the uses of the last second.
 *
 * If unused sessions expire within an hour, uses are recorded more often, twelve times in that time: a session in use
 * must not expire because its use was not recorded.
 */
export class LastUse {
  readonly #record: RecordUses
  readonly #clock: () => Date
  readonly #coalescedMilliseconds: number
  #waiting = new Set<string>()
  // When the first of the waiting ones was used: recorded for all of them, so that none is recorded too late.
  #since = new Date(0)
  #recording: Promise<void> = Promise.resolve()
  #timer: NodeJS.Timeout | undefined

  /** @param idleHours after how many hours without use it expires; default never */
  constructor(record: RecordUses, clock: () => Date, idleHours = Number.POSITIVE_INFINITY) {
    this.#record = record
    this.#clock = clock
    const twelfth = (idleHours * 3_600_000) / 12
    this.#coalescedMilliseconds = Math.min(twelfth, longestCoalescedMilliseconds)
  }

  /** Call it for each use; nearly always it costs one comparison. */
  note({ id, lastUsedAt }: Used): void {
    const now = this.#clock()
    const last = lastUsedAt?.getTime() ?? 0
    if (now.getTime() - last < this.#coalescedMilliseconds) return
    if (this.#waiting.size >= maximumWaiting) return
    if (this.#waiting.size === 0) this.#since = now
    this.#waiting.add(id)
    this.#timer ??= this.#flushIn(delayMilliseconds)
  }

  /** Writes the waiting uses, after earlier writes. What cannot be written now is tried again later. */
  flush(): Promise<void> {
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#recording = this.#recording.then(() => this.#recordAll())
    return this.#recording
  }

  async #recordAll(): Promise<void> {
    const [used, usedAt] = [this.#waiting, this.#since]
    if (used.size === 0) return
    this.#waiting = new Set()
    try {
      await this.#record([...used], usedAt)
    } catch {
      // The database is unavailable; the requests that need it report that.
      this.#waiting = new Set([...used, ...this.#waiting])
      this.#since = usedAt
      this.#timer ??= this.#flushIn(delayAfterFailureMilliseconds)
    }
  }

  // The timer must not keep the process alive.
  #flushIn(milliseconds: number): NodeJS.Timeout {
    return setTimeout(() => void this.flush(), milliseconds).unref()
  }
}
