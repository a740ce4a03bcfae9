import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import { onTestFinished } from 'vitest'

/** A server on a port of its own, whose network a test can break. */
export interface Gate {
  readonly origin: string
  /** What came: `POST /v1/session`; what a browser asks before is left out. */
  readonly requests: readonly string[]
  serve(listener: RequestListener): void
  /** From now on connections break without an answer. */
  cut(): void
  /** From now on requests wait. */
  hold(): void
  /** The network is as it was; what waits is answered. */
  mend(): void
}

export async function openGate(): Promise<Gate> {
  const requests: string[] = []
  let listener: RequestListener = (_request, response) => response.writeHead(503).end()
  let state: 'open' | 'cut' | 'held' = 'open'
  let waiting: (() => void)[] = []
  const server = createServer((request, response) => {
    if (request.method !== 'OPTIONS') requests.push(`${request.method} ${request.url}`)
    if (state === 'cut') request.socket.destroy()
    else if (state === 'held' && request.method !== 'OPTIONS')
      waiting.push(() => listener(request, response))
    else listener(request, response)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.close()
    server.closeAllConnections()
  })
  const { port } = Object(server.address())
  return {
    origin: `http://localhost:${port}`,
    requests,
    serve(other) {
      listener = other
    },
    cut() {
      state = 'cut'
    },
    hold() {
      state = 'held'
    },
    mend() {
      state = 'open'
      for (const answer of waiting) answer()
      waiting = []
    },
  }
}
