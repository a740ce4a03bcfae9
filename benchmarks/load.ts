// The load, in its own process so that it can have its own core: a fixed number of connections, each with one request
// in flight, which sends the next when the answer is complete.
import { connect, type Socket } from 'node:net'
import { hasStatus, isComplete } from './answer.ts'
import { nextRequest, readTurns, type Turns } from './turns.ts'

/** The order for a run of load. */
export interface LoadOrder {
  readonly port: number
  /** A JSON file of requests as they are sent, in turn; a run continues where the last one ended. */
  readonly requests: string
  readonly connections: number
  readonly seconds: number
  /** The expected status; any other answer makes the run worthless. */
  readonly status: number
}

/** The result of a run. */
export interface LoadResult {
  readonly answered: number
  readonly seconds: number
  /** Milliseconds from the last byte of the request to the last byte of the answer. */
  readonly latencies: { readonly p50: number; readonly p99: number }
  /** The first answer with another status, or the first error; null if there was none. */
  readonly wrong: string | null
}

process.on('message', async (order: LoadOrder) => {
  process.send?.(await run(order))
})

async function run(order: LoadOrder): Promise<LoadResult> {
  const turns = readTurns(order.requests)
  const started = performance.now()
  const end = started + order.seconds * 1_000
  const outcomes = await Promise.all(
    Array.from({ length: order.connections }, () => keepAsking(order, { turns, end })),
  )
  const latencies = Float64Array.from(outcomes.flatMap((each) => each.latencies)).sort()
  const at = (share: number) => latencies[Math.floor(latencies.length * share)] ?? Number.NaN
  return {
    answered: latencies.length,
    seconds: (performance.now() - started) / 1_000,
    latencies: { p50: at(0.5), p99: at(0.99) },
    wrong: outcomes.find(({ wrong }) => wrong !== null)?.wrong ?? null,
  }
}

interface Outcome {
  readonly latencies: number[]
  readonly wrong: string | null
}

function keepAsking(
  { port, status }: LoadOrder,
  { turns, end }: { turns: Turns; end: number },
): Promise<Outcome> {
  const { promise, resolve } = Promise.withResolvers<Outcome>()
  const latencies: number[] = []
  const socket: Socket = connect({ port, host: '127.0.0.1', noDelay: true })
  let asked = 0
  let answer: Buffer = Buffer.alloc(0)
  const finish = (wrong: string | null) => {
    socket.destroy()
    resolve({ latencies, wrong })
  }
  const ask = () => {
    asked = performance.now()
    if (asked >= end) return finish(null)
    socket.write(nextRequest(turns))
  }
  socket.on('connect', ask)
  socket.on('error', ({ message }) => finish(message))
  socket.on('close', () => finish('the connection was closed'))
  socket.on('data', (chunk: Buffer) => {
    answer = answer.length === 0 ? chunk : Buffer.concat([answer, chunk])
    if (!isComplete(answer)) return
    if (!hasStatus(answer, status)) return finish(answer.toString())
    latencies.push(performance.now() - asked)
    answer = Buffer.alloc(0)
    ask()
  })
  return promise
}
