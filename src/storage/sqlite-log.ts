import { type FileHandle, open } from 'node:fs/promises'
import { AuthError } from '../core/errors.ts'
import { DeadlineError, within } from './deadline.ts'

// Longer than a slow disk takes, and shorter than a client waits.
const defaults = { patienceMilliseconds: 5_000 }

/** How the disk takes what is written: some refused is a gap, behind which nothing is to be written. */
export type LogState = 'kept' | 'late' | 'in doubt'

/**
 * Waits until the disk has the write-ahead log, beside the event loop: SQLite would do so in the midst of
 * each commit, and nothing would be answered meanwhile, 0.2 ms on a good disk and 1 to 10 on one in a network.
 *
 * So what was committed is seen by others a moment before it outlives a power cut, and acknowledged only
 * when it does.
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
   * SECURITY: `in doubt` once the disk has refused something. The system takes that for written, and the
   * next wait would succeed: SQLite reads its log up to the first gap, and all behind it would be lost,
   * although it was acknowledged. So the log is to be moved into the file before anything is committed to it.
   */
  get state(): LogState {
    return this.#state
  }

  /** To be called when all that was in the log has been moved, and the disk has it. */
  trust(): void {
    this.#state = 'kept'
  }

  /**
   * Resolves when the disk has everything that was committed before the call. Those who call while it is
   * at work wait for the next turn, which is one for all of them.
   *
   * @throws AuthError `unavailable` where the disk refuses, or takes longer than five seconds: what was
   *   committed is there, and may not outlive a power cut
   */
  async kept(): Promise<void> {
    this.#next ??= this.#takeTurn()
    try {
      await within(this.#patienceMilliseconds, this.#next)
    } catch (error) {
      if (!(error instanceof DeadlineError)) throw error
      if (this.#state === 'kept') this.#state = 'late'
      throw unavailable(new Error('The disk did not take the log in time'))
    }
  }

  /** Behind the last who waits. */
  async close(): Promise<void> {
    await (this.#next ?? this.#current).catch(() => {})
    await this.#file.close()
  }

  async #takeTurn(): Promise<void> {
    // A turn that has begun may have passed by what was committed since.
    await this.#current.catch(() => {})
    this.#current = this.#synchronize()
    this.#next = null
    return this.#current
  }

  async #synchronize(): Promise<void> {
    // SECURITY: for whoever committed before the refusal was known: their rows lie behind the gap.
    if (this.#state === 'in doubt') throw unavailable(new Error('The disk refused the log before'))
    try {
      await this.#file.datasync()
      this.#state = 'kept'
    } catch (error) {
      this.#state = 'in doubt'
      throw unavailable(error)
    }
  }
}

/**
 * @param file the database's, by its real name: behind a link SQLite keeps the log beside the target
 * @throws Error where there is none
 */
export async function openLog(file: string): Promise<SqliteLog> {
  // For writing, though nothing is written: Windows waits for no other.
  return new SqliteLog(await open(`${file}-wal`, 'r+'))
}

function unavailable(cause: unknown): AuthError {
  return new AuthError('unavailable', { cause })
}
