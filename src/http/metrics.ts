import type { Metrics } from '../core/metrics.ts'
import { answer, PlainText } from './answers.ts'
import { type Route, route } from './route.ts'

/** The metrics, for Prometheus. Without a token the route does not exist. */
export function metrics(counted: Metrics): Route[] {
  const { token } = counted
  if (token === null) return []
  return [
    route({
      method: 'GET',
      path: '/metrics',
      access: 'operator',
      token,
      summary: 'What goes on, counted, for whoever has METRICS_TOKEN',
      answers: { 200: { description: 'Prometheus’ text format, 0.0.4', type: 'text/plain' } },
      handle: async () => answer(new PlainText(await counted.text(), contentType)),
    }),
  ]
}

const contentType = 'text/plain; version=0.0.4; charset=utf-8'
