// A server under a steady load: the rate that saturates it, and the latencies at a given rate.
import type { ChildProcess } from 'node:child_process'
import type { LoadOrder } from './load.ts'
import { measure } from './measure.ts'
import { ask } from './processes.ts'
import type { Server } from './server.ts'
import type { SteadyOrder, SteadyResult } from './steady-load.ts'

// Seconds until the code has been compiled.
const warmUp = 8

/** Requests a second if each connection asks again as soon as it is answered. */
export async function saturate(
  server: Server,
  load: ChildProcess,
  order: Omit<LoadOrder, 'port' | 'seconds'>,
): Promise<number> {
  await measure(server, load, { ...order, seconds: warmUp })
  const { perSecond } = await measure(server, load, { ...order, seconds: warmUp / 2 })
  return perSecond
}

/** A steady load on one server. */
export interface SteadyPlan {
  readonly server: Server
  /** A process of `steady-load.ts`. */
  readonly load: ChildProcess
  readonly order: Omit<SteadyOrder, 'port' | 'seconds'>
}

/** A run with the instant at which it began. */
export interface Timed {
  readonly startedAt: number
  /** The latencies of the requests that were due between two instants. */
  between(from: number, to: number): readonly number[]
}

/** @throws Error for an answer with another status than expected */
export async function askSteadily(
  { server, load, order }: SteadyPlan,
  seconds: number,
): Promise<Timed> {
  const told: SteadyOrder = { ...order, port: server.port, seconds }
  const { startedAt, latencies, wrong } = await ask<SteadyResult>(load, told)
  if (wrong !== null) throw new Error(`${server.peer.name} answered: ${wrong}`)
  const indexAt = (instant: number) => Math.ceil(((instant - startedAt) / 1_000) * order.perSecond)
  return { startedAt, between: (from, to) => latencies.slice(indexAt(from), indexAt(to)) }
}
