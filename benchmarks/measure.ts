import type { ChildProcess } from 'node:child_process'
import type { LoadOrder, LoadResult } from './load.ts'
import { ask } from './processes.ts'
import type { Server } from './server.ts'

/** The result of one run of load on one server. */
export interface Sample {
  /** The number of answered requests. */
  readonly requests: number
  readonly perSecond: number
  /** Processor time of the server's process for one request, in all threads. */
  readonly microseconds: number
  readonly p50: number
  readonly p99: number
  readonly megabytes: number
}

/** What a process of a server has used, all threads counted. */
interface Used {
  readonly microseconds: number
  readonly bytes: number
}

/** @throws Error for an answer with another status than expected */
export async function measure(
  { peer, port, child }: Server,
  load: ChildProcess,
  order: Omit<LoadOrder, 'port'>,
): Promise<Sample> {
  const before = await usedBy(child)
  const result = await ask<LoadResult>(load, { ...order, port })
  const after = await usedBy(child)
  if (result.wrong !== null) throw new Error(`${peer.name} answered: ${result.wrong}`)
  return {
    requests: result.answered,
    perSecond: result.answered / result.seconds,
    microseconds: (after.microseconds - before.microseconds) / result.answered,
    ...result.latencies,
    megabytes: after.bytes / 1_048_576,
  }
}

export function usedBy(server: ChildProcess): Promise<Used> {
  return ask<Used>(server, {})
}
