/// <reference types="node" />
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import { bareEnvelope, type Presented, present, toResponse } from './answers.ts'
import { type Peer, shortcutInto } from './app.ts'
import { turnOf } from './pipeline.ts'
import { type Refusal, refuse } from './problems.ts'
import { judgeRaw, originForm } from './raw-head.ts'
import { closeSlowClients } from './slow-clients.ts'

/** The app, or an app of yours that it is mounted in. */
export interface Fetch {
  fetch(request: Request, peer: Peer): Response | Promise<Response>
}

type Listener = (incoming: IncomingMessage, outgoing: ServerResponse) => Promise<void>

/**
 * The app as a listener for `node:http`. What a `Request` no longer shows is judged here, on the raw request:
 * doubled headers, TRACE, an authority in the request line, an unknown transfer coding.
 */
export function nodeListener(app: Fetch): Listener {
  const shortcut = shortcutInto(app)
  let listener: Listener | null = null
  return async (incoming, outgoing) => {
    const judged = judgeRaw(incoming)
    if (judged === 'condemned') return
    if (judged) return send(outgoing, presentBare(judged))
    incoming.url = originForm(incoming.url ?? '/')
    const turn = turnOf(incoming, outgoing)
    if (turn === 'never') return
    if (turn !== 'now') await turn
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

// Loaded for the first request without a shortcut, such as one for an unknown path: it brings Node's `Request`
// and `Response` and its whole `fetch`, 13 MB and 60 ms that other requests need not wait for.
async function loadListener(app: Fetch): Promise<Listener> {
  const { getRequestListener, RequestError } = await import('@hono/node-server')
  const unreadable = refuse('invalid_request', {
    error: 'The request line or Host is malformed',
  })
  return getRequestListener(
    (request, { incoming }) =>
      app.fetch(request, { address: incoming.socket.remoteAddress ?? null }),
    {
      // HTTP/1.0 has no Host (HAProxy's health check); nothing reads this name.
      hostname: 'localhost',
      // A RequestError is for what it cannot read; any other error comes from a `fetch` of yours.
      errorHandler: (error) =>
        toResponse(presentBare(error instanceof RequestError ? unreadable : explain(error))),
    },
  )
}

const settings = {
  headersTimeout: 10_000,
  requestTimeout: 30_000,
  keepAliveTimeout: 5_000,
  // How often Node checks the first two; every 30 s, its default, would make 40 s of the 10 s.
  connectionsCheckingInterval: 1_000,
  // Judged by `judgeRaw`: Node would refuse the request, and go on with what follows on the connection.
  requireHostHeader: false,
  // A request without a body does not become a stream that somebody must read to its end.
  optimizeEmptyRequests: true,
}

// Not imported: to list the module's exports, Node would load its whole `fetch`.
const { createServer } = process.getBuiltinModule('node:http')

// Open connections, of all clients together; one more is closed as it comes.
const maximumConnections = 5_000

/**
 * A server with limits against clients that send or read slowly, or come in crowds; `listen` is
 * yours to call, and its properties yours to set.
 */
export function nodeServer(app: Fetch): Server {
  const server = createServer(settings, nodeListener(app))
  server.maxConnections = maximumConnections
  closeSlowClients(server)
  // A client may close its side after its request, as `nc` does; Node would then close the other side too,
  // before the answer. Node's types lack the property.
  return Object.assign(server, { httpAllowHalfOpen: true })
}

function explain(error: unknown): Refusal {
  console.error(error)
  return refuse('internal_error')
}

function presentBare(refusal: Refusal): Presented {
  return present(refusal, bareEnvelope())
}

// Code of yours may have answered meanwhile, such as a deadline: a second answer would end the process.
function sendUnlessAnswered(outgoing: ServerResponse, presented: Presented): void {
  if (!outgoing.headersSent) send(outgoing, presented)
}

/** Writes an answer on Node's own response. */
export function send(outgoing: ServerResponse, { status, body, headers }: Presented): void {
  if (body === null) return void outgoing.writeHead(status, headers).end()
  const bytes = Buffer.byteLength(body)
  headers['content-length'] = String(bytes)
  // For ASCII both encodings give the same bytes, and Node copies latin1 without looking at each character.
  outgoing.writeHead(status, headers).end(body, bytes === body.length ? 'latin1' : 'utf8')
}
