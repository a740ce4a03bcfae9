// A log-in storm, in a process of its own: so many clients, each with one log-in under way, who come
// back when they were told to where they were turned away.
import { connect, type Socket } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'
import { hasStatus, isComplete } from './answer.ts'
import { nextRequest, readTurns, type Turns } from './turns.ts'

/** What a storm is told. */
export interface StormOrder {
  readonly port: number
  /** A JSON file of log-ins as they go over the wire. */
  readonly requests: string
  /** Log-ins under way at a time. */
  readonly clients: number
  readonly seconds: number
}

/** What came of it: milliseconds from the last byte asked to the last byte answered. */
export interface StormResult {
  /** Of those that were let in. */
  readonly letIn: readonly number[]
  /** Of those that were told to come back: 503. */
  readonly surplus: readonly number[]
  /** The first other answer, or what broke; null where nothing did. */
  readonly wrong: string | null
}

process.on('message', async (order: StormOrder) => {
  process.send?.(await storm(order))
})

async function storm(order: StormOrder): Promise<StormResult> {
  const turns = readTurns(order.requests)
  const end = performance.now() + order.seconds * 1_000
  const outcomes = await Promise.all(
    Array.from({ length: order.clients }, () => keepLoggingIn(order.port, { turns, end })),
  )
  return {
    letIn: outcomes.flatMap((each) => each.letIn),
    surplus: outcomes.flatMap((each) => each.surplus),
    wrong: outcomes.find(({ wrong }) => wrong !== null)?.wrong ?? null,
  }
}

async function keepLoggingIn(
  port: number,
  { turns, end }: { readonly turns: Turns; readonly end: number },
): Promise<StormResult> {
  const [letIn, surplus]: [number[], number[]] = [[], []]
  while (performance.now() < end) {
    const asked = performance.now()
    const answer = await ask(port, nextRequest(turns)).catch(({ message }) => Buffer.from(message))
    const milliseconds = performance.now() - asked
    if (hasStatus(answer, 200)) letIn.push(milliseconds)
    else if (hasStatus(answer, 503)) {
      surplus.push(milliseconds)
      await wait(Math.min(retryAfter(answer), Math.max(0, end - performance.now())))
    } else return { letIn, surplus, wrong: answer.toString() }
  }
  return { letIn, surplus, wrong: null }
}

// A connection for each: so do people who come from everywhere.
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

function retryAfter(answer: Buffer): number {
  const [, seconds = '1'] = /retry-after: (\d+)/i.exec(answer.toString('latin1')) ?? []
  return Number(seconds) * 1_000
}
