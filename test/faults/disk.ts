import { spawnSync } from 'node:child_process'
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'

/** A disk of its own, in memory, that can be filled. */
export interface Disk {
  readonly folder: string
  /** Until not one byte more is taken. */
  fill(): void
  free(): void
}

/** @throws Error for whoever may not mount one */
export function mountDisk(mebibytes: number): Disk {
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-disk-'))
  const options = ['-t', 'tmpfs', '-o', `size=${mebibytes}m,mode=0700`, 'latchkey', folder]
  const { status, stderr } = spawnSync('mount', options, { encoding: 'utf8' })
  if (status !== 0) throw new Error(`A disk to fill is mounted by root alone: ${stderr}`)
  onTestFinished(() => {
    spawnSync('umount', ['-l', folder])
    rmSync(folder, { recursive: true, force: true })
  })
  const ballast = join(folder, 'ballast')
  return {
    folder,
    fill() {
      const file = openSync(ballast, 'a')
      for (const size of [1 << 20, 4_096, 1]) while (isTaken(file, Buffer.alloc(size)));
      closeSync(file)
    },
    free: () => rmSync(ballast, { force: true }),
  }
}

function isTaken(file: number, bytes: Buffer): boolean {
  try {
    return writeSync(file, bytes) === bytes.length
  } catch {
    return false
  }
}
