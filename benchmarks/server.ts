// The server of a peer, from its start to its end.
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { connect, createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import type { Peer } from './peers.ts'
import { startProcess } from './processes.ts'

export interface Server {
  readonly peer: Peer
  readonly port: number
  readonly child: ChildProcess
}

/** @param slowness by how much each fdatasync is delayed; default not at all */
export async function startServer(
  peer: Peer,
  folder: string,
  slowness = { syncMilliseconds: 0 },
): Promise<Server> {
  const { log, ...server } = await launchServer(peer, folder, slowness)
  await listening(server.port, server.child, log)
  return server
}

/** The same, without waiting until it listens. */
export async function launchServer(
  peer: Peer,
  folder: string,
  slowness = { syncMilliseconds: 0 },
): Promise<Server & { readonly log: string }> {
  const port = await freePort()
  const log = join(folder, `${port}.log`)
  const environment = {
    PORT: String(port),
    DATABASE_URL: `sqlite:${peer.fixture.file}`,
    DATABASE_FILE: peer.fixture.file,
    ...peer.environment,
  }
  const under = slowness.syncMilliseconds > 0 ? slowDisk(slowness.syncMilliseconds) : []
  const { server, of = 'source' } = peer
  const child = startProcess(server, { core: 'server', environment, of, log, under })
  return { peer, port, child, log }
}

// Only these calls stop the process.
function slowDisk(milliseconds: number): string[] {
  const calls = 'fdatasync,fsync'
  const delay = `inject=${calls}:delay_exit=${milliseconds * 1_000}`
  const quiet = ['-qq', '-o', '/dev/null']
  return [
    'strace',
    '--follow-forks',
    '--seccomp-bpf',
    ...quiet,
    '-e',
    `trace=${calls}`,
    '-e',
    delay,
  ]
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  return typeof address === 'object' && address ? address.port : 0
}

/** @throws Error if the process ended instead */
export async function listening(port: number, child: ChildProcess, log: string): Promise<void> {
  while (child.exitCode === null) {
    const socket = connect(port, '127.0.0.1')
    const isOpen = await Promise.race([
      once(socket, 'connect').then(() => true),
      once(socket, 'error').then(() => false),
    ]).catch(() => false)
    socket.destroy()
    if (isOpen) return
    await wait(50)
  }
  throw new Error(`A server did not start; ${log} says why`)
}
