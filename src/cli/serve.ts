import { once } from 'node:events'
import type { AddressInfo, Server } from 'node:net'
import { type Fetch, nodeServer } from '../http/node.ts'
import { drain, trackSilent } from './drain.ts'

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
/** All of it: after the answers an outbox has a second and a half, and the rest takes milliseconds. */
export const stopMilliseconds = 9_800

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
  const stop = stopOnSignals(server, { onClose })
  const address = server.address() as AddressInfo
  return { port: address.port, stop }
}

/**
 * The same end for a server that something else has made: that of Express's `listen`, of Hono's `serve`, or
 * `app.server` of Fastify, whose `onClose` is its own `close`.
 *
 * @returns what stops it without a signal, and leaves the process alone
 */
export function stopOnSignals(
  server: Server,
  { onClose }: Pick<ServeOptions, 'onClose'>,
): () => Promise<void> {
  const silent = trackSilent(server)
  let stopped: Promise<void> | undefined
  const stop = () => {
    stopped ??= drain(server, silent).then(onClose).finally(ignoreSignals)
    return stopped
  }
  // Ctrl-C comes twice, from the terminal and from npm: the second must not cut the first short.
  const end = () => {
    // Nobody may be there who kills it, and a database that is away answers nobody.
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
  console.error(`It was stopped and did not end within ${stopMilliseconds / 1_000} s`)
  process.exit(1)
}
