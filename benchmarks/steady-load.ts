// A load with a fixed rate, in its own process: requests are due even if earlier ones were not answered. A load that
// waits for answers would ask less while the server halts, and hide how many requests would have waited.
import { connect, type Socket } from 'node:net'
import { hasStatus, isComplete } from './answer.ts'
import type { LoadOrder } from './load.ts'
import { nextRequest, readTurns } from './turns.ts'

/** The order for a run of steady load; at most one request is under way on each connection. */
export interface SteadyOrder extends LoadOrder {
  readonly perSecond: number
}

/** The result of a run. */
export interface SteadyResult {
  /** When the first request was due, in milliseconds since 1970; the others follow at the rate. */
  readonly startedAt: number
  /** Milliseconds from when each request was due to the last byte of its answer. */
  readonly latencies: readonly number[]
  /** The first answer with another status, or the first error; null if there was none. */
  readonly wrong: string | null
}

process.on('message', async (order: SteadyOrder) => {
  process.send?.(await run(order))
})

async function run(order: SteadyOrder): Promise<SteadyResult> {
  const lanes = await Promise.all(Array.from({ length: order.connections }, () => open(order.port)))
  const startedAt = Date.now()
  const outcome = await askSteadily(lanes, order)
  for (const { socket } of lanes) socket.removeAllListeners('close').destroy()
  return { startedAt, ...outcome }
}

/** A connection, with the index of the request that is under way on it. */
interface Lane {
  readonly socket: Socket
  index: number
  answer: Buffer
}

function open(port: number): Promise<Lane> {
  const { promise, resolve, reject } = Promise.withResolvers<Lane>()
  const socket = connect({ port, host: '127.0.0.1', noDelay: true })
  socket.on('connect', () => resolve({ socket, index: 0, answer: Buffer.alloc(0) }))
  socket.once('error', reject)
  return promise
}

type Outcome = Pick<SteadyResult, 'latencies' | 'wrong'>

function askSteadily(
  lanes: readonly Lane[],
  { requests, perSecond, seconds, status }: SteadyOrder,
): Promise<Outcome> {
  const { promise, resolve } = Promise.withResolvers<Outcome>()
  const turns = readTurns(requests)
  const total = Math.floor(perSecond * seconds)
  const latencies: number[] = Array(total).fill(0)
  const free = [...lanes]
  const started = performance.now()
  const dueAt = (index: number) => started + (index * 1_000) / perSecond
  let [asked, answered, isOver] = [0, 0, false]
  const finish = (wrong: string | null) => {
    isOver = true
    resolve({ latencies, wrong })
  }
  const askWhatIsDue = () => {
    if (isOver) return
    while (asked < total && dueAt(asked) <= performance.now()) {
      const lane = free.shift()
      if (!lane) break
      lane.index = asked++
      lane.socket.write(nextRequest(turns))
    }
    // A timer would be late by up to a millisecond, which would count as latency of the server.
    if (asked < total) setImmediate(askWhatIsDue)
  }
  for (const lane of lanes) {
    lane.socket.on('error', ({ message }) => finish(message))
    lane.socket.on('close', () => finish('the connection was closed'))
    lane.socket.on('data', (chunk: Buffer) => {
      lane.answer = lane.answer.length === 0 ? chunk : Buffer.concat([lane.answer, chunk])
      if (!isComplete(lane.answer)) return
      if (!hasStatus(lane.answer, status)) return finish(lane.answer.toString())
      latencies[lane.index] = performance.now() - dueAt(lane.index)
      lane.answer = Buffer.alloc(0)
      free.push(lane)
      if (++answered === total) finish(null)
    })
  }
  askWhatIsDue()
  return promise
}
