import { type FileHandle, open } from 'node:fs/promises'
import { AuthError, unavailable } from '../core/errors.ts'
import { DeadlineError, within } from './deadline.ts'

// Longer than a slow disk needs, and shorter than a client waits.
const defaults = { patienceMilliseconds: 5_000 }

/** Whether the disk accepts what is written. A refused write leaves a gap, after which nothing may be written. */
export type LogState = 'kept' | 'late' | 'in doubt'

/**
 * Waits until the disk has the write-ahead log, off the event loop: SQLite itself would wait within each commit, and
 * block all requests for 0.2 ms on a good disk, and 1 to 10 ms on one in a network.
 *
 * So others see a commit a moment before it would survive a power cut. It is acknowledged only once it would.
 */
export class SqliteLog {
  readonly #file: FileHandle
  readonly #patienceMilliseconds: number
  #state: LogState = 'kept'
  #current: Promise<void> = Promise.resolve()
  #next: Promise<void> | null = null

  constructor(file: FileHandle, { patienceMilliseconds } = defaults) {
    this.#file = file
    this.#patienceMilliseconds = patienceMilliseconds
  }

  /**
   * SECURITY: `in doubt` once the disk has refused a write. The system forgets that, so the next wait would succeed;
   * but SQLite reads its log only up to the first gap, and commits that were acknowledged after it would be lost. So
   * the log must be moved into the file before anything else is committed.
   */
  get state(): LogState {
    return this.#state
  }

  /** Call it when the whole log has been moved into the file, and the disk has that. */
  trust(): void {
    this.#state = 'kept'
  }

  /**
   * Resolves when the disk has everything that was committed before the call. Callers during a wait
   * get the next one, which they all share.
   *
   * @throws AuthError `unavailable` where the disk refuses, or takes longer than five seconds: the
   *   commit is there, but may not survive a power cut
   */
  async kept(): Promise<void> {
    this.#next ??= this.#takeTurn()
    try {
      await within(this.#patienceMilliseconds, this.#next)
    } catch (error) {
      if (!(error instanceof DeadlineError)) throw error
      if (this.#state === 'kept') this.#state = 'late'
      throw unavailable('The disk did not take the log in time')
    }
  }

  /** Closes after the last wait. */
  async close(): Promise<void> {
    await (this.#next ?? this.#current).catch(() => {})
    await this.#file.close()
  }

  async #takeTurn(): Promise<void> {
    // A wait that has already begun may miss what was committed since.
    await this.#current.catch(() => {})
    this.#current = this.#synchronize()
    this.#next = null
    return this.#current
  }

  async #synchronize(): Promise<void> {
    // SECURITY: refuses those who committed before the refusal was known: their rows are after the gap.
    if (this.#state === 'in doubt') throw unavailable('The disk refused the log before')
    try {
      await this.#file.datasync()
      this.#state = 'kept'
    } catch (error) {
      this.#state = 'in doubt'
      throw new AuthError('unavailable', { cause: error })
    }
  }
}

/**
 * @param file the real path of the database: if it is a link, SQLite keeps the log beside the target
 * @throws Error if there is no log
 */
export async function openLog(file: string): Promise<SqliteLog> {
  // Opened for writing, although nothing is written, because Windows syncs no other files.
  return new SqliteLog(await open(`${file}-wal`, 'r+'))
}
