import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { nodeServer } from 'latchkey/server'
import { onTestFinished } from 'vitest'
import { type Server, startServer } from '../harness.ts'
import { People, type Person } from './people.ts'
import { type Document, type Rules, rulesOf } from './rules.ts'
import { exchange, type Received, type Sent } from './wire.ts'

/** A server behind a socket, of which every answer is judged. */
export interface Target {
  readonly server: Server
  readonly port: number
  readonly document: Document
  readonly rules: Rules
  readonly rateLimits: 'on' | 'off'
  /** Requests until now. */
  requests: number
  /** Statuses of the answers until now. */
  readonly statuses: Map<number, number>
}

export async function openTarget(rateLimits: 'on' | 'off'): Promise<Target> {
  // As a proxy that passes on what it is told: so the headers are read too.
  const app = { trustedProxies: ['127.0.0.1'] }
  const server = await startServer({ auth: { rateLimits }, app })
  const http = nodeServer(server.app)
  http.listen(0, '127.0.0.1')
  await once(http, 'listening')
  onTestFinished(() => {
    http.close()
    http.closeAllConnections()
  })
  const { port } = http.address() as AddressInfo
  const { body: document } = await server.send('GET /openapi.json')
  const rules = rulesOf(document)
  return { server, port, document, rules, rateLimits, requests: 0, statuses: new Map() }
}

export interface Answered extends Received {
  // biome-ignore lint/suspicious/noExplicitAny: a test reads whatever the server sent
  readonly body: any
}

let people = 0

/** People of their own, before an empty page, on a server that others use too. */
export class World {
  readonly target: Target
  readonly people = new People()

  constructor(target: Target) {
    this.target = target
  }

  newEmailAddress(): string {
    return `fuzz-${process.pid}-${++people}@example.com`
  }

  /** An ordinary request: JSON, or nothing. */
  ask(line: string, asked: { body?: object; token?: string; reader?: Person }): Promise<Answered> {
    const [method = 'GET', target = '/'] = line.split(' ')
    const { body, token, reader = null } = asked
    const headers: [string, string][] = [['Host', 'localhost']]
    if (token) headers.push(['Authorization', `Bearer ${token}`])
    if (body) headers.push(['Content-Type', 'application/json'])
    const bytes = body ? Buffer.from(JSON.stringify(body)) : null
    return this.send({ method, target, headers, body: bytes, isChunked: false }, reader)
  }

  /** Sends what stands there, and judges the answer, which `reader` gets to see. */
  async send(sent: Sent, reader: Person | null): Promise<Answered> {
    const { target, people } = this
    target.requests++
    try {
      const received = await exchange(target.port, sent)
      target.statuses.set(received.status, (target.statuses.get(received.status) ?? 0) + 1)
      target.rules(sent, received)
      people.requireOwn(received, reader)
      return { ...received, body: received.text === '' ? null : JSON.parse(received.text) }
    } catch (error) {
      throw new Error(`${show(sent)}\n${error instanceof Error ? error.message : error}`)
    }
  }
}

function show({ method, target, headers, body }: Sent): string {
  const lines = headers.map((header) => header.join(': '))
  const text = body ? Buffer.from(body).toString() : ''
  return [`${method} ${target}`, ...lines, '', text].map(shorten).join('\n')
}

/** What is shown of a text that may have thousands of characters. */
export function shorten(text: string): string {
  return text.length > 300 ? `${text.slice(0, 300)} … ${text.length} in all` : text
}
