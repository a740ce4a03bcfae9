import { once } from 'node:events'
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { localhost } from '../mail/smtp-certificates.ts'

/** One server by HTTPS on this machine, with many names. */
export interface Sites {
  readonly port: number
  /** Serves a host, in place of what it was before; what comes there is written down. */
  serve(host: string, listener: RequestListener): readonly Visit[]
  close(): void
}

/** A request that came, and how it was answered. */
export interface Visit {
  /** `POST /v1/session` */
  readonly line: string
  readonly headers: IncomingMessage['headers']
  readonly status: number
  readonly answered: ReturnType<ServerResponse['getHeaders']>
}

export async function openSites(): Promise<Sites> {
  const sites = new Map<string, RequestListener>()
  const server = createServer(localhost, (request, response) => {
    const listener = sites.get(request.headers.host ?? '') ?? nobody
    listener(request, response)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    port,
    serve(host, listener) {
      const visits: Visit[] = []
      sites.set(host, (request, response) => {
        const { method, url, headers } = request
        const line = `${method} ${url}`
        response.once('close', () => {
          const answered = response.getHeaders()
          visits.push({ line, headers, status: response.statusCode, answered })
        })
        listener(request, response)
      })
      return visits
    },
    close() {
      server.close()
      server.closeAllConnections()
    },
  }
}

// What Chromium asks its makers is asked here, and gets no answer.
const nobody: RequestListener = (_request, response) => {
  response.writeHead(421).end('Nobody of that name is here')
}

/** Serves one page, whatever is asked for. */
export function page(html: string): RequestListener {
  return (_request, response) => {
    response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' })
    response.end(`<!doctype html>${html}`)
  }
}
