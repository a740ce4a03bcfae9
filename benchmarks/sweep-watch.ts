// A sweep by the server, or by the command `latchkey sweep`, watched from outside.
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as wait } from 'node:timers/promises'
import { countSessions, type ExpiredSessions, removeExpired } from './expired-sessions.ts'
import { startProcess } from './processes.ts'

/** The part of a sweep for which there was time. All instants are milliseconds since 1970. */
export interface Sweep {
  readonly startedAt: number
  /** When the first row had been deleted. */
  readonly from: number
  /** When the last row was last seen, or when the time was over. */
  readonly to: number
  readonly deleted: number
}

/** Sweeps the sessions, and resolves when it has finished. */
export type SweepAll = (expired: ExpiredSessions) => Promise<void>

/**
 * Watches a sweep. Sessions for which there is no time are removed, so that the next run finds none of them.
 *
 * @throws Error if the sweep failed, left some of the sessions, or deleted others
 */
export async function watchSweep(
  expired: ExpiredSessions,
  { sweep, seconds }: { sweep: SweepAll; seconds: number },
): Promise<Sweep> {
  const startedAt = Date.now()
  let hasEnded = false
  const sweeping = sweep(expired).finally(() => {
    hasEnded = true
  })
  const isOver = () => hasEnded || Date.now() >= startedAt + seconds * 1_000
  const watch = async () => {
    await untilGone(expired.first, { expired, isOver, pollMilliseconds: 100 })
    const from = Date.now()
    const to = await untilGone(expired.last, { expired, isOver, pollMilliseconds: 1_000 })
    const isComplete = hasEnded
    const left = await removeExpired(expired)
    if (isComplete && left > 0) throw new Error(`The sweep left ${left} sessions that are over`)
    return { startedAt, from, to, deleted: expired.rows - left }
  }
  const [swept] = await Promise.all([watch(), sweeping])
  const stay = countSessions(expired.file)
  if (stay !== expired.live) throw new Error(`Of ${expired.live} sessions that live ${stay} stayed`)
  return swept
}

/** Lets the server of `servers/latchkey-sweeping.ts` sweep. */
export async function sweepByServer(server: ChildProcess): Promise<void> {
  const swept = once(server, 'message')
  server.kill('SIGUSR2')
  await swept
}

/** Sweeps by the command, on the core of the server. */
export async function sweepByCommand({ file }: ExpiredSessions, log: string): Promise<void> {
  const environment = { DATABASE_URL: `sqlite:${file}` }
  const options = { core: 'server', args: ['sweep'], environment, log } as const
  const [code] = await once(startProcess('../src/cli/latchkey.ts', options), 'exit')
  if (code !== 0) throw new Error(`The command failed; ${log} says why`)
}

/** Looks equally often while nothing is swept, so that looking does not count as a difference. */
export async function watchNothing(expired: ExpiredSessions, seconds: number): Promise<void> {
  const end = Date.now() + seconds * 1_000
  const isOver = () => Date.now() >= end
  await untilGone(expired.last, { expired, isOver, pollMilliseconds: 1_000 })
}

interface Until {
  readonly expired: ExpiredSessions
  readonly isOver: () => boolean
  /** Each look takes time from the server or its clients, so during a measurement it should be rare. */
  readonly pollMilliseconds: number
}

/** @returns when the row was last seen */
async function untilGone(
  digest: Uint8Array,
  { expired, isOver, pollMilliseconds }: Until,
): Promise<number> {
  const database = new DatabaseSync(expired.file, { readOnly: true })
  const find = database.prepare('SELECT 1 FROM sessions WHERE token_digest = ?1')
  let seenAt = Date.now()
  while (find.get(digest) && !isOver()) {
    seenAt = Date.now()
    await wait(pollMilliseconds)
  }
  database.close()
  return seenAt
}
