import type { World } from './world.ts'

const METRICS_TOKEN = 'who-watches-the-server'

/** Of a server that is watched. */
export const watched = { METRICS_TOKEN } as const

/** What it answers to whoever watches it. */
export async function watch({ target }: World): Promise<{ ready: number; metrics: number }> {
  const headers = { authorization: `Bearer ${METRICS_TOKEN}` }
  const ask = (path: string) =>
    fetch(target.origin + path, { headers, signal: AbortSignal.timeout(10_000) })
  const [ready, metrics] = [await ask('/health/ready'), await ask('/metrics')]
  await Promise.all([ready.arrayBuffer(), metrics.arrayBuffer()])
  return { ready: ready.status, metrics: metrics.status }
}
