// The memory of a server: the RSS of its process, with all threads.
import type { ChildProcess } from 'node:child_process'
import { setTimeout as wait } from 'node:timers/promises'
import { startCold } from './cold-start.ts'
import type { LoadOrder, LoadResult } from './load.ts'
import type { Peer } from './peers.ts'
import { ask, stopProcess } from './processes.ts'
import { firstRequest } from './requests.ts'
import type { Server } from './server.ts'

/** Resident memory in megabytes. */
export interface Resident {
  readonly idle: number
  readonly afterTenth: number
  readonly afterAll: number
}

export interface ResidentPlan {
  /** How long the server is idle after its first answer. */
  readonly idleSeconds: number
  readonly requests: number
  /** The file from which the load reads the requests. */
  readonly file: string
  readonly folder: string
  readonly load: ChildProcess
}

/** Starts a server, leaves it idle, and then sends it the requests. */
export async function measureResident(peer: Peer, plan: ResidentPlan): Promise<Resident> {
  const { idleSeconds, requests, file, folder, load } = plan
  const { server } = await startCold(peer, { request: firstRequest(file), folder })
  try {
    await wait(idleSeconds * 1_000)
    const idle = await readMegabytes(server)
    const order = { port: server.port, requests: file, connections: 64, status: 200 }
    const tenth = await askTimes(load, { ...order, times: requests / 10 })
    const afterTenth = await readMegabytes(server)
    await askTimes(load, { ...order, times: requests - tenth })
    return { idle, afterTenth, afterAll: await readMegabytes(server) }
  } finally {
    await stopProcess(server.child)
  }
}

async function readMegabytes({ child }: Server): Promise<number> {
  const { bytes } = await ask<{ bytes: number }>(child, {})
  return bytes / 1_048_576
}

/** Asks at least `times` times; the load can only be given seconds. */
async function askTimes(
  load: ChildProcess,
  { times, ...order }: Omit<LoadOrder, 'seconds'> & { times: number },
): Promise<number> {
  let answered = 0
  while (answered < times) {
    const result = await ask<LoadResult>(load, { ...order, seconds: 1 })
    if (result.wrong !== null) throw new Error(`A server answered: ${result.wrong}`)
    answered += result.answered
  }
  return answered
}
