import { globSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { temporaryFolder } from '../harness.ts'

/** A clock of a process that can be moved while it runs; what measures durations is left alone. */
export interface FakedClock {
  /** For the environment of the process. */
  readonly variables: Readonly<Record<string, string>>
  /** So many seconds from the true time on. */
  move(seconds: number): void
}

/** @throws Error where libfaketime is not there */
export function fakeClock(): FakedClock {
  const given = process.env.LIBFAKETIME
  const installed = globSync('/usr/lib/*/faketime/libfaketimeMT.so.1')
  const library = given ?? installed[0]
  if (!library) throw new Error('libfaketime is not there: on Debian, apt install libfaketime')
  const file = join(temporaryFolder(), 'offset')
  const move = (seconds: number) => {
    // Never half of it.
    writeFileSync(`${file}.new`, `${seconds < 0 ? '' : '+'}${seconds}\n`)
    renameSync(`${file}.new`, file)
  }
  move(0)
  return {
    variables: {
      LD_PRELOAD: library,
      FAKETIME_TIMESTAMP_FILE: file,
      FAKETIME_NO_CACHE: '1',
      FAKETIME_DONT_FAKE_MONOTONIC: '1',
    },
    move,
  }
}
