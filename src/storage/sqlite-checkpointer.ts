import { stat } from 'node:fs'
// Not the globals: an application's tests may move them, and the log would grow.
import { clearTimeout, setTimeout } from 'node:timers'
import { Worker } from 'node:worker_threads'

// A checkpoint waits for the disk once, however much it moves: so seldom, but before a commit has to do it.
const delayMilliseconds = 10_000
const maximumCommits = 300
// A shorter log is not worth a thread, which takes 12 MB: SQLite reads it as fast. Most commits of an idle process
// write nothing. Measured on the file, which keeps the size that it once had, up to 4 MB.
const shortBytes = 1_048_576

// As one string, which a bundler or a compiler cannot lose. It waits for no reader and no writer.
const program = `
const { parentPort, workerData } = require('node:worker_threads')
const { DatabaseSync } = require('node:sqlite')
const { constants, setPriority } = require('node:os')
// On Linux of this thread alone: whoever answers comes first, also on a machine with one core.
if (process.platform === 'linux') setPriority(constants.priority.PRIORITY_LOW)
const database = new DatabaseSync(workerData)
parentPort.on('message', (told) => {
  if (told === 'close') {
    database.close()
    parentPort.close()
  } else database.exec('PRAGMA wal_checkpoint(PASSIVE)')
})`

/**
 * Moves what was committed from the write-ahead log into the file, in a thread of its own: SQLite
 * would do so during a commit, and for 10 to 80 ms, until the disk has it, nothing would be
 * answered. Where the thread cannot, SQLite does it after all, once the log has grown further.
 */
export class SqliteCheckpointer {
  readonly #file: string
  #worker: Worker | null = null
  #timer: NodeJS.Timeout | undefined
  #commits = 0
  #isClosed = false

  constructor(file: string) {
    this.#file = file
  }

  /**
   * To be called after each commit. A checkpoint follows after many commits, or ten seconds, if the log is a megabyte.
   */
  note(): void {
    this.#commits += 1
    if (this.#commits >= maximumCommits) this.#checkpointIfLong()
    // It must not keep the process alive.
    else this.#timer ??= setTimeout(() => this.#checkpointIfLong(), delayMilliseconds).unref()
  }

  async close(): Promise<void> {
    this.#isClosed = true
    clearTimeout(this.#timer)
    const worker = this.#worker
    if (!worker) return
    // Not once(): it would throw the error of a thread that fails now, and the rest would stay open.
    const ended = new Promise((resolve) => worker.once('exit', resolve))
    // The process has to wait for the thread now.
    worker.ref()
    worker.postMessage('close')
    await ended
  }

  #checkpointIfLong(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#commits = 0
    // An error of the disk is ignored here: the next writer gets it.
    stat(`${this.#file}-wal`, (_error, log) => {
      if (log && log.size >= shortBytes) this.#checkpoint()
    })
  }

  #checkpoint(): void {
    if (this.#isClosed) return
    this.#worker ??= this.#start()
    this.#worker.postMessage('checkpoint')
  }

  #start(): Worker {
    const worker = new Worker(program, { eval: true, execArgv: [], workerData: this.#file })
    worker.unref()
    const forget = () => {
      if (this.#worker === worker) this.#worker = null
    }
    // Without a listener a failing disk would end the process; the next writer gets its error.
    worker.on('error', forget)
    worker.on('exit', forget)
    return worker
  }
}
