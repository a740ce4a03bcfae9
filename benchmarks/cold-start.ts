// How long a server takes from its start to its first answer.
import type { ChildProcess } from 'node:child_process'
import { connect } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'
import { hasStatus, isComplete } from './answer.ts'
import type { Peer } from './peers.ts'
import { ask, stopProcess } from './processes.ts'
import { launchServer, type Server } from './server.ts'

/** From the spawn of the process to the last byte of the first answer. */
export interface Start {
  readonly wallMilliseconds: number
  /** The processor time of the process, in all threads. */
  readonly processorMilliseconds: number
}

/** The request to a server, and the folder for its log. */
export interface Asking {
  /** The request as it is sent; its answer is a 200. */
  readonly request: string
  readonly folder: string
}

/** Starts a server, and leaves it running. */
export async function startCold(
  peer: Peer,
  { request, folder }: Asking,
): Promise<Start & { readonly server: Server }> {
  const from = performance.now()
  const { log, ...server } = await launchServer(peer, folder)
  const answer = await firstAnswer(server, request)
  const wallMilliseconds = performance.now() - from
  if (!hasStatus(answer, 200)) throw new Error(`${peer.name}: ${answer}; ${log} says more`)
  const { microseconds } = await ask<{ microseconds: number }>(server.child, {})
  return { wallMilliseconds, processorMilliseconds: microseconds / 1_000, server }
}

/** Starts the servers again and again, in turns, so that a slower machine slows down all of them. */
export async function startInTurns(
  peers: readonly Peer[],
  { starts, folder, requestTo }: TurnsOptions,
): Promise<Map<string, Start[]>> {
  const all = new Map<string, Start[]>(peers.map(({ name }) => [name, []]))
  // The first round does not count, since it reads the files from the disk.
  for (let round = 0; round <= starts; round++) {
    const first = round % peers.length
    for (const peer of [...peers.slice(first), ...peers.slice(0, first)]) {
      const { server, ...start } = await startCold(peer, { request: requestTo(peer), folder })
      await stopProcess(server.child)
      if (round > 0) all.get(peer.name)?.push(start)
    }
  }
  return all
}

interface TurnsOptions extends Pick<Asking, 'folder'> {
  readonly starts: number
  readonly requestTo: (peer: Peer) => string
}

/** @throws Error if the process ended instead */
async function firstAnswer({ port, child }: Server, request: string): Promise<Buffer> {
  while (isAlive(child)) {
    const answer = await askOnce(port, request)
    if (answer) return answer
    await wait(2)
  }
  throw new Error('A server did not start; its log says why')
}

function isAlive({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode === null && signalCode === null
}

// Null if nobody listens yet.
function askOnce(port: number, request: string): Promise<Buffer | null> {
  const { promise, resolve } = Promise.withResolvers<Buffer | null>()
  const socket = connect({ port, host: '127.0.0.1', noDelay: true })
  let answer: Buffer = Buffer.alloc(0)
  socket.on('connect', () => socket.write(request))
  socket.on('data', (chunk: Buffer) => {
    answer = Buffer.concat([answer, chunk])
    if (!isComplete(answer)) return
    socket.destroy()
    resolve(answer)
  })
  socket.on('error', () => resolve(null))
  socket.on('close', () => resolve(null))
  return promise
}
