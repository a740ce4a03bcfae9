/// <reference types="node" />
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import { bareEnvelope, type Presented, present, toResponse } from './answers.ts'
import { type Peer, shortcutInto } from './app.ts'
import { turnOf } from './pipeline.ts'
import { type Refusal, refuse } from './problems.ts'
import { judgeRaw, originForm } from './raw-head.ts'
import { closeSlowClients } from './slow-clients.ts'

/** The app, or an app of yours in which it is mounted. */
export interface Fetch {
  fetch(request: Request, peer: Peer): Response | Promise<Response>
}

type Listener = (incoming: IncomingMessage, outgoing: ServerResponse) => Promise<void>

/**
 * The app as a listener for `node:http`. It checks on the raw request what a `Request` no longer shows: duplicate
 * headers, TRACE, an authority in the request line, an unknown transfer coding.
 */
export function nodeListener(app: Fetch): Listener {
  const shortcut = shortcutInto(app)
  let listener: Listener | null = null
  return async (incoming, outgoing) => {
    const judged = judgeRaw(incoming)
    if (judged === 'condemned') return
    if (judged) return sendUnlessAnswered(outgoing, presentBare(judged))
    incoming.url = originForm(incoming.url ?? '/')
    const turn = turnOf(incoming, outgoing)
    if (turn === 'never') return
    await turn
    try {
      const short = shortcut?.(incoming, outgoing)
      if (short) return sendUnlessAnswered(outgoing, await short)
      listener ??= await loadListener(app)
    } catch (error) {
      return sendUnlessAnswered(outgoing, presentBare(explain(error)))
    }
    return listener(incoming, outgoing)
  }
}

// Loaded for the first request that takes no shortcut, such as one for an unknown path: it loads Node's `Request`,
// `Response` and all of `fetch`, which takes 13 MB and 60 ms.
async function loadListener(app: Fetch): Promise<Listener> {
  const { getRequestListener, RequestError } = await import('@hono/node-server')
  const unreadable = refuse('invalid_request', {
    error: 'The request line or Host is malformed',
  })
  return getRequestListener(
    (request, { incoming }) =>
      app.fetch(request, { address: incoming.socket.remoteAddress ?? null }),
    {
      // For requests without a Host, which HTTP/1.0 allows (HAProxy's health check). Nothing reads this name.
      hostname: 'localhost',
      // A RequestError is for a malformed request; any other error comes from a `fetch` of yours.
      errorHandler: (error) =>
        toResponse(presentBare(error instanceof RequestError ? unreadable : explain(error))),
    },
  )
}

const settings = {
  headersTimeout: 10_000,
  requestTimeout: 30_000,
  keepAliveTimeout: 5_000,
  // How often Node checks the first two. With its default of 30 s, the 10 s could become 40 s.
  connectionsCheckingInterval: 1_000,
  // `judgeRaw` checks it: Node would refuse the request, but go on with what follows on the connection.
  requireHostHeader: false,
  // For a request without a body, Node makes no stream that has to be read to its end.
  optimizeEmptyRequests: true,
}

// Not imported, because to list the exports of the module, Node would load all of `fetch`.
const { createServer } = process.getBuiltinModule('node:http')

// How many connections may be open, of all clients together. One more is closed at once.
const maximumConnections = 5_000

/**
 * A server with limits against clients that send or read slowly, or open too many connections. Call `listen`
 * yourself; you may also change its properties.
 */
export function nodeServer(app: Fetch): Server {
  const server = createServer(settings, nodeListener(app))
  server.maxConnections = maximumConnections
  closeSlowClients(server)
  // A client may close its side after its request, as `nc` does. By default Node would then close the other side as
  // well, before the answer. Node's types lack this property.
  return Object.assign(server, { httpAllowHalfOpen: true })
}

function explain(error: unknown): Refusal {
  console.error(error)
  return refuse('internal_error')
}

function presentBare(refusal: Refusal): Presented {
  return present(refusal, bareEnvelope())
}

/** Writes an answer on Node's own response. */
export function sendUnlessAnswered(outgoing: ServerResponse, presented: Presented): void {
  // Your own code, such as a deadline, may have answered meanwhile: a second answer would end the process.
  if (outgoing.headersSent) return
  const { status, body, headers } = presented
  if (body === null) return void outgoing.writeHead(status, headers).end()
  const bytes = Buffer.byteLength(body)
  headers['content-length'] = String(bytes)
  // For ASCII both encodings result in the same bytes, and Node copies latin1 without looking at each character.
  outgoing.writeHead(status, headers).end(body, bytes === body.length ? 'latin1' : 'utf8')
}
