import type { Client } from './client.ts'
import type { Configuration } from './config.ts'
import { perform } from './unit-of-work.ts'

// Until a step has ended nobody else writes, where the database is SQLite.
const stepRows = 200
const pauseMilliseconds = 10

/**
 * Ends every session there is, of everybody: step by step, so that nobody is kept waiting. Who logs in
 * meanwhile stays. API keys live on.
 *
 * @returns how many there were, those among them that were over and not swept yet
 * @throws AuthError `unavailable`, with some of them ended: asked again, it ends the others
 */
export async function revokeAllSessions(config: Configuration, client: Client): Promise<number> {
  const { store } = config
  // Ids are in the order of time: what is behind this one began later.
  const last = await store.findLastSessionId(null)
  // It is said once, before anything ends: of a hundred thousand users a hundred thousand events would
  // drown all others, and what is cut short was begun.
  await perform(config, client, (_transaction, unit) =>
    unit.record({ name: 'session_expired', userId: null, detail: 'everybody' }),
  )
  let ended = 0
  // SECURITY: what somebody had in hand was passed over, and is asked for until it is gone.
  for (let left = last; left !== null; left = last && (await store.findLastSessionId(last))) {
    ended += await endStep(config, left)
    await pause()
  }
  return ended
}

function endStep({ store }: Configuration, last: string): Promise<number> {
  return store.transaction((transaction) =>
    transaction.deleteSessionsUpTo(last, { maximum: stepRows }),
  )
}

function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, pauseMilliseconds))
}
