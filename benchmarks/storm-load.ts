// A log-in storm, in its own process: a number of people at a time, who come back when the server tells them to; or a
// number of people a second, even if earlier ones were not answered.
import { connect, type Socket } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'
import { hasStatus, isComplete } from './answer.ts'
import { nextRequest, readTurns, type Turns } from './turns.ts'

/** How people log in: a fixed number again and again, each with one log-in under way; or each once, at a fixed rate. */
export type Crowd =
  | { readonly kind: 'at a time'; readonly clients: number }
  | { readonly kind: 'a second'; readonly perSecond: number }

/** The order for a storm. */
export interface StormOrder {
  readonly port: number
  /** A JSON file of log-ins as they are sent. */
  readonly requests: string
  readonly crowd: Crowd
  /** How long the storm lasts before answers count. */
  readonly leadSeconds: number
  /** How long answers count. */
  readonly seconds: number
}

/** The result: milliseconds from the connection's first packet to the last byte of the answer. */
export interface StormResult {
  /** The latencies of those who were let in. */
  readonly letIn: readonly number[]
  /** The latencies of those who were told when to come back: 503 with Retry-After. */
  readonly surplus: readonly number[]
  /** The first other answer, or the first error; null if there was none. */
  readonly wrong: string | null
}

process.on('message', async (order: StormOrder) => {
  process.send?.(await storm(order))
})

interface Run {
  readonly port: number
  readonly turns: Turns
  /** All three in milliseconds of this process. */
  readonly startedAt: number
  readonly from: number
  readonly to: number
  readonly tally: { readonly letIn: number[]; readonly surplus: number[]; wrong: string | null }
}

/** Resolves when the last log-in has been answered, so that none is part of the next run. */
async function storm(order: StormOrder): Promise<StormResult> {
  const { port, crowd, leadSeconds, seconds } = order
  const turns = readTurns(order.requests)
  const startedAt = performance.now()
  const from = startedAt + leadSeconds * 1_000
  const to = from + seconds * 1_000
  const tally: Run['tally'] = { letIn: [], surplus: [], wrong: null }
  const run = { port, turns, startedAt, from, to, tally }
  if (crowd.kind === 'a second') await arrive(run, crowd.perSecond)
  else await Promise.all(Array.from({ length: crowd.clients }, () => keepLoggingIn(run)))
  return tally
}

async function arrive(run: Run, perSecond: number): Promise<void> {
  const underWay: Promise<unknown>[] = []
  for (let dueAt = run.startedAt; dueAt < run.to; dueAt += 1_000 / perSecond) {
    await wait(Math.max(0, dueAt - performance.now()))
    underWay.push(logIn(run))
  }
  await Promise.all(underWay)
}

async function keepLoggingIn(run: Run): Promise<void> {
  while (performance.now() < run.to && run.tally.wrong === null) {
    const away = await logIn(run)
    if (away > 0) await wait(Math.max(0, Math.min(away, run.to - performance.now())))
  }
}

/** @returns how many milliseconds to wait before the next log-in; 0 after a success */
async function logIn({ port, turns, from, to, tally }: Run): Promise<number> {
  const asked = performance.now()
  const answer = await ask(port, nextRequest(turns)).catch(({ message }) => Buffer.from(message))
  const answered = performance.now()
  const counts = answered >= from && answered < to
  if (hasStatus(answer, 200)) {
    if (counts) tally.letIn.push(answered - asked)
    return 0
  }
  const away = hasStatus(answer, 503) ? retryAfter(answer) : null
  if (away === null) tally.wrong ??= answer.toString()
  else if (counts) tally.surplus.push(answered - asked)
  return away ?? 0
}

// A connection for each log-in, as from people all over the world.
function ask(port: number, request: Buffer | string): Promise<Buffer> {
  const { promise, resolve, reject } = Promise.withResolvers<Buffer>()
  const socket: Socket = connect({ port, host: '127.0.0.1', noDelay: true })
  let answer: Buffer = Buffer.alloc(0)
  socket.on('connect', () => socket.write(request))
  socket.on('error', reject)
  socket.on('close', () => reject(new Error('the connection was closed')))
  socket.on('data', (chunk: Buffer) => {
    answer = Buffer.concat([answer, chunk])
    if (!isComplete(answer)) return
    socket.destroy()
    resolve(answer)
  })
  return promise
}

function retryAfter(answer: Buffer): number | null {
  const [, seconds] = /retry-after: (\d+)/i.exec(answer.toString('latin1')) ?? []
  return seconds === undefined ? null : Number(seconds) * 1_000
}
