import { closeSync, fsyncSync, openSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { median } from './statistics.ts'

/** Milliseconds that the disk takes to keep 4 kB: what each log-in and each sign-up waits for. */
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
