// The command `latchkey sweep`, watched from outside.
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as wait } from 'node:timers/promises'
import type { ExpiredSessions } from './expired-sessions.ts'
import { startProcess } from './processes.ts'

/** One run of the command. All instants are milliseconds since 1970. */
export interface Sweep {
  readonly startedAt: number
  /** When the first row was gone. */
  readonly from: number
  /** When the last row was there for the last time. */
  readonly to: number
  readonly endedAt: number
  readonly deleted: number
}

/** @throws Error where it failed, or has deleted other sessions than these */
export async function runSweep(expired: ExpiredSessions, log: string): Promise<Sweep> {
  const database = new DatabaseSync(expired.file, { readOnly: true })
  const startedAt = Date.now()
  const child = startProcess('../src/cli/latchkey.ts', {
    core: 'server',
    args: ['sweep', '--json'],
    environment: { DATABASE_URL: `sqlite:${expired.file}` },
    log,
  })
  const ended = once(child, 'exit').then(() => Date.now())
  await untilGone(expired.first, { database, child })
  const from = Date.now()
  const to = await untilGone(expired.last, { database, child })
  const endedAt = await ended
  database.close()
  const deleted = readDeleted(log)
  if (deleted !== expired.rows) throw new Error(`The sweep deleted ${deleted} sessions; see ${log}`)
  return { startedAt, from, to, endedAt, deleted }
}

/** @returns when it was there for the last time */
async function untilGone(
  digest: Uint8Array,
  { database, child }: { database: DatabaseSync; child: ChildProcess },
): Promise<number> {
  const find = database.prepare('SELECT 1 FROM sessions WHERE token_digest = ?1')
  let seenAt = Date.now()
  while (find.get(digest) && child.exitCode === null && child.signalCode === null) {
    seenAt = Date.now()
    await wait(5)
  }
  return seenAt
}

function readDeleted(log: string): number {
  const [said = '{}'] = readFileSync(log, 'utf8').match(/^\{"deleted".*$/m) ?? []
  const { deleted }: { deleted?: { sessions: number } } = JSON.parse(said)
  return deleted?.sessions ?? Number.NaN
}
