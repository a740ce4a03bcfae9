import { once } from 'node:events'
// Not the global ones: tests of an application move it, and the log would grow.
import { clearTimeout, setTimeout } from 'node:timers'
import { Worker } from 'node:worker_threads'

// The disk has to be waited for once, however much is moved: seldom, but before a commit has to do it.
const delayMilliseconds = 10_000
const maximumCommits = 300

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
 * Where the thread cannot, SQLite does it as ever, when the log has grown further. The thread takes 12 MB,
 * and ends where nothing was committed for ten seconds.
 */
export class SqliteCheckpointer {
  readonly #file: string
  #worker: Worker | null = null
  #leaving: Worker | null = null
  #timer: NodeJS.Timeout | undefined
  #commits = 0
  #isClosed = false

  constructor(file: string) {
    this.#file = file
  }

  /** To be called after each commit: of many at once, or ten seconds later. */
  note(): void {
    this.#commits += 1
    if (this.#commits >= maximumCommits) this.#checkpoint()
    else if (this.#commits === 1) this.#later(() => this.#checkpoint())
  }

  async close(): Promise<void> {
    this.#isClosed = true
    clearTimeout(this.#timer)
    this.#dismiss()
    const worker = this.#leaving
    if (!worker) return
    // Whoever closes waits for it.
    worker.ref()
    await once(worker, 'exit')
  }

  #checkpoint(): void {
    this.#commits = 0
    if (this.#isClosed) return
    this.#worker ??= this.#start()
    this.#worker.postMessage('checkpoint')
    this.#later(() => this.#dismiss())
  }

  #dismiss(): void {
    if (!this.#worker) return
    this.#leaving = this.#worker
    this.#worker = null
    this.#leaving.postMessage('close')
  }

  #later(act: () => void): void {
    clearTimeout(this.#timer)
    // No reason for a process to stay.
    this.#timer = setTimeout(act, delayMilliseconds).unref()
  }

  #start(): Worker {
    const worker = new Worker(program, { eval: true, execArgv: [], workerData: this.#file })
    worker.unref()
    const forget = () => {
      if (this.#worker === worker) this.#worker = null
      if (this.#leaving === worker) this.#leaving = null
    }
    // Without a listener a disk that fails would end the process; whoever writes hears of it.
    worker.on('error', forget)
    worker.on('exit', forget)
    return worker
  }
}
