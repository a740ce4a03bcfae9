import { stat } from 'node:fs'
// Not the globals: the tests of an application may fake them, and the log would grow.
import { clearTimeout, setTimeout } from 'node:timers'
import { Worker } from 'node:worker_threads'

// A checkpoint waits for the disk once, however much it moves. So it is done rarely, but before a commit has to do it.
const delayMilliseconds = 10_000
const maximumCommits = 300
// For a shorter log it is not worth starting the thread, which takes 12 MB, since SQLite reads it as fast. This is
// the size of the file, which does not shrink, up to 4 MB.
const shortBytes = 1_048_576

// In a string, so that bundlers and compilers cannot lose it. The checkpoint waits for no reader and no writer.
const program = `
const { parentPort, workerData } = require('node:worker_threads')
const { DatabaseSync } = require('node:sqlite')
const { constants, setPriority } = require('node:os')
// On Linux this affects only this thread: answering requests comes first, even on a machine with one core.
if (process.platform === 'linux') setPriority(constants.priority.PRIORITY_LOW)
const database = new DatabaseSync(workerData)
parentPort.on('message', (told) => {
  if (told === 'close') {
    database.close()
    parentPort.close()
  } else database.exec('PRAGMA wal_checkpoint(PASSIVE)')
})`

/**
 * Moves commits from the write-ahead log into the file, in a thread of its own: SQLite would do so during a commit,
 * and block all requests for 10 to 80 ms, until the disk has it. If the thread fails, SQLite does it nevertheless,
 * once the log has grown further.
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
   * Call it after each commit. A checkpoint follows after 300 commits or 10 seconds, if the log has a megabyte.
   */
  note(): void {
    this.#commits += 1
    if (this.#commits >= maximumCommits) this.#checkpointIfLong()
    // The timer must not keep the process alive.
    else this.#timer ??= setTimeout(() => this.#checkpointIfLong(), delayMilliseconds).unref()
  }

  async close(): Promise<void> {
    this.#isClosed = true
    clearTimeout(this.#timer)
    const worker = this.#worker
    if (!worker) return
    // Not once(), which would throw the error of a thread that fails now: then the rest would not be closed.
    const ended = new Promise((resolve) => worker.once('exit', resolve))
    // From now on the process has to wait for the thread.
    worker.ref()
    worker.postMessage('close')
    await ended
  }

  #checkpointIfLong(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#commits = 0
    // An error of the disk is ignored here. The next writer gets it.
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
    // Without a listener a failing disk would end the process. The next writer gets the error.
    worker.on('error', forget)
    worker.on('exit', forget)
    return worker
  }
}
