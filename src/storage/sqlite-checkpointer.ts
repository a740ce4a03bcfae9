import { stat } from 'node:fs'
// Not the global ones: tests of an application move it, and the log would grow.
import { clearTimeout, setTimeout } from 'node:timers'
import { Worker } from 'node:worker_threads'

// The disk has to be waited for once, however much is moved: seldom, but before a commit has to do it.
const delayMilliseconds = 10_000
const maximumCommits = 300
// For less it is not worth a thread, which takes 12 MB: SQLite reads a log of that length as fast. Most commits
// of a process that idles write nothing. Of the file: what it was once, up to 4 MB, it stays.
const shortBytes = 1_048_576

// In one text, which a bundler or a compiler cannot lose. It waits for no reader and no writer.
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
 * Moves what was committed from the write-ahead log into the file, in a thread of its own: SQLite would
 * do it in the midst of a commit, and nothing would be answered until the disk has it, 10 to 80 ms.
 * Where the thread cannot, SQLite does it as ever, when the log has grown further.
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

  /** To be called after each commit: of many at once, or ten seconds later, if the log is a megabyte. */
  note(): void {
    this.#commits += 1
    if (this.#commits >= maximumCommits) this.#checkpointIfLong()
    // No reason for a process to stay.
    else this.#timer ??= setTimeout(() => this.#checkpointIfLong(), delayMilliseconds).unref()
  }

  async close(): Promise<void> {
    this.#isClosed = true
    clearTimeout(this.#timer)
    const worker = this.#worker
    if (!worker) return
    // Not once(): it would throw the error of a thread that fails now, and the rest would stay open.
    const ended = new Promise((resolve) => worker.once('exit', resolve))
    // Whoever closes waits for it.
    worker.ref()
    worker.postMessage('close')
    await ended
  }

  #checkpointIfLong(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#commits = 0
    // What the disk refuses here concerns nobody: whoever writes hears of it.
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
    // Without a listener a disk that fails would end the process; whoever writes hears of it.
    worker.on('error', forget)
    worker.on('exit', forget)
    return worker
  }
}
