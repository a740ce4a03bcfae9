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

export interface ServeOptions {
  readonly host: string
  /** 0 for any that is free. */
  readonly port: number
  readonly onClose: () => Promise<void>
}

const signals = ['SIGINT', 'SIGTERM'] as const
const drainMilliseconds = 10_000

/**
 * Serves the app, and stops it cleanly on Ctrl-C and SIGTERM: requests that have begun are
 * answered, then `onClose` runs, then the process ends.
 *
 * @throws Error when the port is taken
 */
export async function serve(app: Fetch, { host, port, onClose }: ServeOptions): Promise<Running> {
  const server = nodeServer(app)
  server.listen({ host, port })
  await once(server, 'listening')

  let stopped: Promise<void> | undefined
  const stop = () => {
    stopped ??= drain(server).then(onClose).finally(ignoreSignals)
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

async function drain(server: Server): Promise<void> {
  const ended = once(server, 'close')
  server.close()
  const force = setTimeout(() => server.closeAllConnections(), drainMilliseconds)
  await ended
  clearTimeout(force)
}
