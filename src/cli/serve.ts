import { once } from 'node:events'
import type { AddressInfo, Server } from 'node:net'
import { type Fetch, nodeServer } from '../http/node.ts'
import { drain, trackConnections } from './drain.ts'

/** A server that accepts requests. */
export interface Running {
  readonly port: number
  /** Stops accepting, gives requests under way eight seconds at most, and resolves. */
  stop(): Promise<void>
}

export interface ServeOptions {
  readonly host: string
  /** 0 for any free port. */
  readonly port: number
  readonly onClose: () => Promise<void>
}

const signals = ['SIGINT', 'SIGTERM'] as const
/** How long the shutdown may take: 8 s for open requests, 1.5 s for the outbox, and some time for the rest. */
export const stopMilliseconds = 9_800

/**
 * Serves the app, and stops it cleanly on Ctrl-C and SIGTERM: requests under way are answered, then `onClose`
 * runs, then the process ends.
 *
 * @throws Error when the port is taken
 */
export async function serve(app: Fetch, { host, port, onClose }: ServeOptions): Promise<Running> {
  const server = nodeServer(app)
  server.listen({ host, port })
  await once(server, 'listening')
  const stop = stopOnSignals(server, { onClose })
  const address = server.address() as AddressInfo
  return { port: address.port, stop }
}

/**
 * The same shutdown for a server that was made by something else: Express's `listen`, Hono's `serve`, or Fastify, with
 * `app.server`, and its `close` as `onClose`.
 *
 * @returns a function that stops the server without a signal, and leaves the process running
 */
export function stopOnSignals(
  server: Server,
  { onClose }: Pick<ServeOptions, 'onClose'>,
): () => Promise<void> {
  const connections = trackConnections(server)
  let stopped: Promise<void> | undefined
  const stop = () => {
    stopped ??= drain(server, connections).then(onClose).finally(ignoreSignals)
    return stopped
  }
  // Ctrl-C arrives twice, from the terminal and from npm: the second must not interrupt the shutdown.
  const end = () => {
    // Ends the process even if nothing else kills it, and an unreachable database never answers.
    setTimeout(giveUp, stopMilliseconds).unref()
    void stop().then(() => process.exit(0))
  }
  const ignoreSignals = () => {
    for (const signal of signals) process.off(signal, end)
  }
  for (const signal of signals) process.on(signal, end)
  return stop
}

function giveUp(): void {
  console.error(`The server did not stop within ${stopMilliseconds / 1_000} s, and was killed`)
  process.exit(1)
}
