// Preloaded into a server: writes how often garbage collection halted it, and for how long.
import { writeFileSync } from 'node:fs'
import { PerformanceObserver } from 'node:perf_hooks'

/** The garbage collections since the process began. */
export interface Collections {
  readonly count: number
  readonly milliseconds: number
}

const { COLLECTIONS_FILE: file } = process.env
let [count, milliseconds] = [0, 0]

if (file !== undefined) {
  const observer = new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) {
      count++
      milliseconds += duration
    }
  })
  observer.observe({ type: 'gc' })
  setInterval(() => {
    writeFileSync(file, JSON.stringify({ count, milliseconds } satisfies Collections))
  }, 200).unref()
}
