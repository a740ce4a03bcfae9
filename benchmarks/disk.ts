import { closeSync, fsyncSync, openSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { median } from './statistics.ts'

/** The milliseconds in which the disk persists 4 kB, for which each log-in and sign-up waits. */
export function commitMilliseconds(folder: string): number {
  const file = openSync(join(folder, 'disk'), 'w')
  const page = Buffer.alloc(4_096, 1)
  const times = Array.from({ length: 200 }, () => {
    writeSync(file, page)
    const started = performance.now()
    fsyncSync(file)
    return performance.now() - started
  })
  closeSync(file)
  return median(times)
}
