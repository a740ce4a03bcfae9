import { endAll } from './all-rows.ts'
import type { Client } from './client.ts'
import type { Configuration } from './config.ts'
import { perform } from './unit-of-work.ts'

/**
 * Ends every API key there is, of everybody, as `revokeAllSessions` ends sessions. One that is created
 * meanwhile stays.
 *
 * @returns how many there were, those among them that were over and not swept yet
 * @throws AuthError `unavailable`, with some of them ended: asked again, it ends the others
 */
export async function revokeAllApiKeys(config: Configuration, client: Client): Promise<number> {
  const { store } = config
  return endAll({
    findLast: (upTo) => store.findLastApiKeyId(upTo),
    begin: () =>
      perform(config, client, (_transaction, unit) =>
        unit.record({ name: 'authn_token_revoked', userId: null, detail: 'everybody' }),
      ),
    endStep: (last, limits) =>
      store.transaction((transaction) => transaction.deleteApiKeysUpTo(last, limits)),
  })
}
