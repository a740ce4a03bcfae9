// The background work of PostgreSQL: last uses, mails, and sweeps.

import { createStore, type Store } from '../../src/server.ts'
import { openDatabase } from '../../templates/api/database.ts'
import type { Cluster } from '../../test/storage/postgres-cluster.ts'
import type { Fixture } from '../peers.ts'
import { users } from '../people.ts'
import { processorSeconds } from '../postgres-processes.ts'
import { latchkeyResetTokens } from '../reset-tokens.ts'
import type { Figures } from './figures.ts'

const rows = 50
const [passes, mails] = [5, 1_000]
// As many rows as the server deletes in a step.
const stepRows = 128
const yearMilliseconds = 365 * 86_400_000

/** Measures each kind of work by itself. In the end no session is left. */
export async function measureBackground(
  { file }: Fixture,
  cluster: Cluster,
): Promise<Pick<Figures, 'lastUses' | 'mail' | 'swept'>> {
  const { database } = await openDatabase(file)
  const store = createStore(database)
  const costOf = async (count: number, work: () => Promise<unknown>) => {
    const before = processorSeconds(cluster)
    await work()
    return { databaseMicroseconds: ((processorSeconds(cluster) - before) / count) * 1_000_000 }
  }
  try {
    const found = await database.query('SELECT id FROM sessions LIMIT 5000', [])
    const ids = found.map(([id]) => String(id))
    const lastUses = await costOf((passes * ids.length) / rows, async () => {
      for (let pass = 1; pass <= passes; pass++) {
        await store.recordUses('sessions', ids, new Date(Date.now() + pass * 1_000))
      }
    })
    const mail = await costOf(mails, () => latchkeyResetTokens(file, mails))
    const swept = await costOf(users, () => sweepSessions(store))
    return { lastUses: { rows, ...lastUses }, mail, swept }
  } finally {
    await database.close()
  }
}

// In the server's steps, without its pauses, as if a year had passed.
async function sweepSessions(store: Store): Promise<void> {
  const over = new Date(Date.now() + yearMilliseconds)
  const horizon = {
    usedAfter: over,
    createdAfter: over,
    overAt: over,
    endedAfter: over,
    occurredAfter: over,
    changeAskedAfter: over,
  }
  let step = await store.sweep('sessions', { horizon, from: null, maximum: stepRows })
  while (step.next !== null) {
    step = await store.sweep('sessions', { horizon, from: step.next, maximum: stepRows })
  }
}
