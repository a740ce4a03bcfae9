import { type FileHandle, open } from 'node:fs/promises'
import { AuthError } from '../core/errors.ts'

/**
 * Waits until the disk has the write-ahead log, beside the event loop: SQLite would do so in the midst of
 * each commit, and nothing would be answered meanwhile, 0.2 ms here and 1 to 10 on the disks of a network.
 *
 * So what was committed is seen by others a moment before it outlives a power cut, and acknowledged only
 * when it does.
 */
export class SqliteLog {
  readonly #path: string
  #file: Promise<FileHandle> | null = null
  #current: Promise<void> = Promise.resolve()
  #next: Promise<void> | null = null
  #isInDoubt = false

  /** @param file the database's */
  constructor(file: string) {
    this.#path = `${file}-wal`
  }

  /**
   * SECURITY: whether the disk refused something. The system then takes it for written, and the next wait
   * would succeed: SQLite reads its log up to the first gap, and all behind that would be lost, although it
   * was acknowledged. So the log is to be moved into the file before anything is committed to it again.
   */
  get isInDoubt(): boolean {
    return this.#isInDoubt
  }

  /** To be called when all that was in the log has been moved, and the disk has it. */
  trust(): void {
    this.#isInDoubt = false
  }

  /**
   * Resolves when the disk has everything that was committed before the call. Those who call while it is
   * at work wait for the next turn, which is one for all of them.
   *
   * @throws AuthError `unavailable` where the disk refuses
   */
  kept(): Promise<void> {
    this.#next ??= this.#takeTurn()
    return this.#next
  }

  /** Behind the last who waits. */
  async close(): Promise<void> {
    await (this.#next ?? this.#current).catch(() => {})
    const file = await this.#file?.catch(() => null)
    this.#file = null
    await file?.close()
  }

  async #takeTurn(): Promise<void> {
    // A turn that has begun may have passed by what was committed since.
    await this.#current.catch(() => {})
    this.#current = this.#synchronize()
    this.#next = null
    return this.#current
  }

  async #synchronize(): Promise<void> {
    try {
      const file = await this.#open()
      await file.datasync()
    } catch (error) {
      this.#isInDoubt = true
      throw new AuthError('unavailable', { cause: error })
    }
  }

  // For writing, though nothing is written: Windows waits for no other.
  #open(): Promise<FileHandle> {
    if (this.#file) return this.#file
    const opening = open(this.#path, 'r+')
    this.#file = opening
    opening.catch(() => {
      this.#file = null
    })
    return opening
  }
}
