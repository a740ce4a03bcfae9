import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import { onTestFinished } from 'vitest'

/** A proxy to a server, which can fail like a network. */
export interface TcpProxy {
  readonly port: number
  /** Drops everything in open and new connections, their ends as well, without a reset. */
  blackHole(): void
  /** Resets every connection. */
  cut(): void
  /** Forwards again in new connections; what was dropped stays lost. */
  heal(): void
}

export async function startTcpProxy(target: number): Promise<TcpProxy> {
  const open = new Set<Socket>()
  let isHole = false
  const server = createServer({ allowHalfOpen: true }, (near) => {
    open.add(near.on('error', () => {}).on('close', () => open.delete(near)))
    near.on('end', () => isHole || isLost(near) || near.end())
    if (isHole) return near.resume()
    const far = connect(target, '127.0.0.1').on('error', () => near.destroy())
    near.on('close', () => far.destroy())
    far.on('close', () => isLost(near) || near.destroy())
    // A connection that has lost bytes is never forwarded again.
    near.on('data', (chunk) => isLost(near) || far.write(chunk))
    far.on('data', (chunk) => isLost(near) || near.write(chunk))
  })
  const lost = new WeakSet<Socket>()
  const isLost = (near: Socket) => lost.has(near)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const cut = () => {
    for (const socket of open) socket.resetAndDestroy()
  }
  onTestFinished(() => {
    cut()
    server.close()
  })
  return {
    port: typeof address === 'object' && address ? address.port : 0,
    blackHole() {
      isHole = true
      for (const socket of open) lost.add(socket)
    },
    cut,
    heal() {
      isHole = false
    },
  }
}
