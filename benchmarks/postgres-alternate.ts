// Asks servers on PostgreSQL in turns, under the same load, and measures what PostgreSQL does for each.
import type { ChildProcess } from 'node:child_process'
import type { Cluster } from '../test/storage/postgres-cluster.ts'
import { measure } from './measure.ts'
import { processorSeconds } from './postgres-processes.ts'
import type { PostgresSample } from './postgres-report.ts'
import type { Statements } from './postgres-statements.ts'
import { isRead, type Kind, statusOf, writeRequests } from './requests.ts'
import type { Server } from './server.ts'

export const warmUpSeconds = 5

interface Plan {
  readonly kind: Kind
  readonly rounds: number
  readonly seconds: number
  readonly folder: string
  readonly load: ChildProcess
  readonly cluster: Cluster
  readonly statements: Statements
}

export async function alternate(
  servers: readonly Server[],
  { kind, rounds, seconds, folder, load, cluster, statements }: Plan,
): Promise<Map<string, PostgresSample[]>> {
  const samples = new Map<string, PostgresSample[]>()
  const orders = servers.map((server) => ({
    server,
    requests: writeRequests(server.peer, kind, folder),
    status: statusOf(server.peer, kind),
    connections: isRead(kind) ? 64 : 8,
  }))
  const use = async ({ peer }: Server) => ({
    statements: await statements.of(peer.fixture.file),
    seconds: processorSeconds(cluster),
  })
  for (let round = 0; round <= rounds; round++) {
    const first = round % orders.length
    for (const { server, ...order } of [...orders.slice(first), ...orders.slice(0, first)]) {
      const before = await use(server)
      const time = round === 0 ? warmUpSeconds : seconds
      const sample = await measure(server, load, { ...order, seconds: time })
      const after = await use(server)
      if (round === 0) continue
      const { name } = server.peer
      const { requests } = sample
      const databaseMicroseconds = ((after.seconds - before.seconds) / requests) * 1_000_000
      const executed = (after.statements - before.statements) / requests
      const known = samples.get(name) ?? []
      samples.set(name, [...known, { ...sample, databaseMicroseconds, statements: executed }])
    }
  }
  return samples
}
