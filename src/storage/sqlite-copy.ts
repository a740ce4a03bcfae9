import { once } from 'node:events'
import { statSync } from 'node:fs'
import { Worker } from 'node:worker_threads'

// In a string, so that bundlers and compilers cannot lose it. In a thread of its own, since SQLite does all of it in
// one call, during which no progress could be reported.
const program = `
const { parentPort, workerData } = require('node:worker_threads')
const { DatabaseSync } = require('node:sqlite')
const { constants, setPriority } = require('node:os')
// On Linux this affects only this thread: answering requests comes first, even on a machine with one core.
if (process.platform === 'linux') setPriority(constants.priority.PRIORITY_LOW)
const { file, into } = workerData
const database = new DatabaseSync(file, { readOnly: true, timeout: 5000 })
try {
  if (into !== null) database.prepare('VACUUM INTO ?').run(into)
  else {
    const faults = database.prepare('PRAGMA integrity_check').all().map((row) => row.integrity_check)
    const broken = database.prepare('PRAGMA foreign_key_check').all()
      .map(({ table }) => 'A row of the table ' + table + ' refers to one that is gone')
    parentPort.postMessage([...faults.filter((fault) => fault !== 'ok'), ...new Set(broken)])
  }
} finally {
  database.close()
}`

/**
 * Writes a complete, consistent copy of a database into a file that is empty or does not exist, while others read and
 * write. The copy contains neither deleted data nor what is written meanwhile.
 *
 * @param onProgress called with the number of bytes written so far
 * @throws Error of SQLite
 */
export async function copyDatabase(
  file: string,
  into: string,
  { onProgress }: { onProgress: (bytes: number) => void },
): Promise<void> {
  const sizeOf = () => statSync(into, { throwIfNoEntry: false })?.size ?? 0
  const timer = setInterval(() => onProgress(sizeOf()), 500)
  try {
    await run({ file, into })
  } finally {
    clearInterval(timer)
  }
}

/**
 * Checks a whole database, without changing it.
 *
 * @returns a sentence for each fault; none if the database is sound
 * @throws Error of SQLite if the file is not a database
 */
export async function findFaults(file: string): Promise<readonly string[]> {
  const told = await run({ file, into: null })
  return Array.isArray(told) ? told.map(String) : ['It was not read to its end']
}

async function run(workerData: { file: string; into: string | null }): Promise<unknown> {
  const worker = new Worker(program, { eval: true, execArgv: [], workerData })
  let told: unknown = null
  worker.on('message', (message) => {
    told = message
  })
  await once(worker, 'exit')
  return told
}
