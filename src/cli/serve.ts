import { once } from 'node:events'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type Fetch, nodeServer } from '../http/node.ts'

/** A server that accepts requests. */
export interface Running {
  readonly port: number
  /** Stops accepting, lets open requests finish for ten seconds at most, and resolves. */
  stop(): Promise<void>
}

const drainMilliseconds = 10_000

/**
 * Serves the app, and stops it cleanly on Ctrl-C and SIGTERM: requests that have begun are
 * answered, then `closed` runs, then the process ends.
 *
 * @throws Error when the port is taken
 */
export async function serve(
  app: Fetch,
  listen: { host: string; port: number },
  closed: () => Promise<void>,
): Promise<Running> {
  const server = nodeServer(app)
  server.listen(listen)
  await once(server, 'listening')

  let stopped: Promise<void> | undefined
  const stop = () => {
    stopped ??= drain(server).then(closed)
    return stopped
  }
  // Ctrl-C comes twice, from the terminal and from npm: the second must not cut the first short.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => void stop().then(() => process.exit(0)))
  }
  const { port } = server.address() as AddressInfo
  return { port, stop }
}

async function drain(server: Server): Promise<void> {
  const ended = once(server, 'close')
  server.close()
  const force = setTimeout(() => server.closeAllConnections(), drainMilliseconds)
  await ended
  clearTimeout(force)
}
