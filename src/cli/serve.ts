import { once } from 'node:events'
import type { Server } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { type Fetch, nodeServer } from '../http/node.ts'

/** A server that accepts requests. */
export interface Running {
  readonly port: number
  /** Stops accepting, lets open requests finish for eight seconds at most, and resolves. */
  stop(): Promise<void>
}

export interface ServeOptions {
  readonly host: string
  /** 0 for any that is free. */
  readonly port: number
  readonly onClose: () => Promise<void>
}

const signals = ['SIGINT', 'SIGTERM'] as const
// Less than the ten seconds that Docker gives before it kills.
const drainMilliseconds = 8_000

/**
 * Serves the app, and stops it cleanly on Ctrl-C and SIGTERM: requests that have begun are
 * answered, then `onClose` runs, then the process ends.
 *
 * @throws Error when the port is taken
 */
export async function serve(app: Fetch, { host, port, onClose }: ServeOptions): Promise<Running> {
  const server = nodeServer(app)
  const silent = trackSilent(server)
  server.listen({ host, port })
  await once(server, 'listening')

  let stopped: Promise<void> | undefined
  const stop = () => {
    stopped ??= drain(server, silent).then(onClose).finally(ignoreSignals)
    return stopped
  }
  // Ctrl-C comes twice, from the terminal and from npm: the second must not cut the first short.
  const end = () => void stop().then(() => process.exit(0))
  const ignoreSignals = () => {
    for (const signal of signals) process.off(signal, end)
  }
  for (const signal of signals) process.on(signal, end)
  const address = server.address() as AddressInfo
  return { port: address.port, stop }
}

// Connections on which nothing was ever asked; Node does not count them as idle.
function trackSilent(server: Server): Set<Socket> {
  const silent = new Set<Socket>()
  server.on('connection', (socket) => {
    silent.add(socket)
    socket.once('close', () => silent.delete(socket))
  })
  server.on('request', ({ socket }) => silent.delete(socket))
  return silent
}

async function drain(server: Server, silent: ReadonlySet<Socket>): Promise<void> {
  const ended = once(server, 'close')
  // A client that keeps its connection is answered once more, and told to go.
  server.prependListener('request', (_request, response) => {
    response.shouldKeepAlive = false
  })
  server.close()
  for (const socket of silent) socket.destroy()
  const idle = setInterval(() => server.closeIdleConnections(), 100)
  const force = setTimeout(() => server.closeAllConnections(), drainMilliseconds)
  await ended
  clearInterval(idle)
  clearTimeout(force)
}
