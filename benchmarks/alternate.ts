// Asks servers in turns, under the same load.
import type { ChildProcess } from 'node:child_process'
import { measure, type Sample } from './measure.ts'
import type { Peer } from './peers.ts'
import { isRead, type Kind, statusOf, writeRequests } from './requests.ts'
import type { Server } from './server.ts'

/** Until the code has been compiled; less if less is measured. */
export const warmUpSeconds = 8
const turns = 4

export interface Plan {
  readonly kind: Kind
  readonly rounds: number
  readonly seconds: number
  readonly folder: string
  readonly load: ChildProcess
  /** The number of connections; default 64 with a token, and 8 without. */
  readonly connectionsOf?: (peer: Peer) => number
}

/** In each round the servers are asked in short turns, so that a slower machine slows down all of them. */
export async function alternate(
  servers: readonly Server[],
  { kind, rounds, seconds, folder, load, connectionsOf = () => (isRead(kind) ? 64 : 8) }: Plan,
): Promise<Map<string, Sample[]>> {
  const samples = new Map<string, Sample[]>()
  const orders = servers.map((server) => ({
    server,
    requests: writeRequests(server.peer, kind, folder),
    status: statusOf(server.peer, kind),
    connections: connectionsOf(server.peer),
  }))
  const renew = async () => {
    for (const order of orders) order.requests = await renewRequests(order, { kind, folder })
  }
  await renew()
  for (const { server, ...order } of orders)
    await measure(server, load, { ...order, seconds: Math.min(warmUpSeconds, 4 * seconds) })
  for (let round = 1; round <= rounds; round++) {
    await renew()
    // The first server changes: one that always follows the same other would inherit its noise.
    const first = round % orders.length
    const rotated = [...orders.slice(first), ...orders.slice(0, first)]
    const slices = new Map(rotated.map(({ server }) => [server.peer.name, [] as Sample[]]))
    for (let turn = 1; turn <= turns; turn++) {
      for (const { server, ...order } of rotated) {
        const slice = await measure(server, load, { ...order, seconds: seconds / turns })
        slices.get(server.peer.name)?.push(slice)
      }
    }
    for (const [name, all] of slices) {
      samples.set(name, [...(samples.get(name) ?? []), average(all)])
    }
  }
  return samples
}

// New requests of the same kind, if their credentials are valid for a short time only.
async function renewRequests(
  { server: { peer }, requests }: { readonly server: Server; readonly requests: string },
  { kind, folder }: Pick<Plan, 'kind' | 'folder'>,
): Promise<string> {
  const credentials = await peer.fixture.renew?.()
  if (!credentials) return requests
  return writeRequests({ ...peer, fixture: { ...peer.fixture, credentials } }, kind, folder)
}

function average(slices: readonly Sample[]): Sample {
  const mean = (of: (slice: Sample) => number) =>
    slices.reduce((sum, slice) => sum + of(slice), 0) / slices.length
  return {
    requests: slices.reduce((sum, { requests }) => sum + requests, 0),
    perSecond: mean(({ perSecond }) => perSecond),
    // Averaged over all requests, not over the slices.
    microseconds:
      mean(({ microseconds, perSecond }) => microseconds * perSecond) /
      mean(({ perSecond }) => perSecond),
    p50: mean(({ p50 }) => p50),
    p99: mean(({ p99 }) => p99),
    megabytes: mean(({ megabytes }) => megabytes),
  }
}
