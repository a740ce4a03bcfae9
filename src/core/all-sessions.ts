import { endAll } from './all-rows.ts'
import type { Client } from './client.ts'
import type { Configuration } from './config.ts'
import { perform } from './unit-of-work.ts'

/**
 * Ends every session there is, of everybody: step by step, so that nobody is kept waiting. Who logs in
 * meanwhile stays. API keys live on.
 *
 * @returns how many there were, those among them that were over and not swept yet
 * @throws AuthError `unavailable`, with some of them ended: asked again, it ends the others
 */
export async function revokeAllSessions(config: Configuration, client: Client): Promise<number> {
  const { store } = config
  return endAll({
    findLast: (upTo) => store.findLastSessionId(upTo),
    // It is said once, before anything ends: of a hundred thousand users a hundred thousand events
    // would drown all others, and what is cut short was begun.
    begin: () =>
      perform(config, client, (_transaction, unit) =>
        unit.record({ name: 'session_expired', userId: null, detail: 'everybody' }),
      ),
    endStep: (last, limits) =>
      store.transaction((transaction) => transaction.deleteSessionsUpTo(last, limits)),
  })
}
