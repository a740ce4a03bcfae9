import { hash, timingSafeEqual } from 'node:crypto'
import type { Metrics } from '../core/metrics.ts'
import type { Secret } from '../core/secret.ts'
import { answer, PlainText } from './answers.ts'
import { readBearer } from './bearer.ts'
import { refuse } from './problems.ts'
import { type Route, route } from './route.ts'

/** Metrics for Prometheus. Without a token the route does not exist. */
export function metrics(counted: Metrics): Route[] {
  const { token } = counted
  if (token === null) return []
  return [
    route({
      method: 'GET',
      path: '/metrics',
      access: 'public',
      summary: 'What goes on, counted, for whoever has METRICS_TOKEN',
      answers: { 200: { description: 'Prometheus’ text format, 0.0.4', type: 'text/plain' } },
      async admit({ request }) {
        const given = readBearer(request)
        if (typeof given !== 'string') return given
        return isSame(given, token) ? null : refuse('invalid_token')
      },
      handle: async () => answer(new PlainText(await counted.text(), contentType)),
    }),
  ]
}

const contentType = 'text/plain; version=0.0.4; charset=utf-8'

// SECURITY: digests have one length, and where two differ says nothing about the token.
function isSame(given: string, token: Secret): boolean {
  return timingSafeEqual(digestOf(given), digestOf(token.reveal()))
}

function digestOf(text: string): Buffer {
  return hash('sha256', text, 'buffer')
}
