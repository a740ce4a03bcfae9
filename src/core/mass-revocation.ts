import type { Client } from './client.ts'
import type { Configuration } from './config.ts'
import { pause, stepRows } from './steps.ts'
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

interface AllRows {
  /** The greatest id, up to this one, or at all. Ids are in the order of time. */
  readonly findLast: (upTo: string | null) => Promise<string | null>
  /** Says that it begins. */
  readonly begin: () => Promise<void>
  /** Ends so many at most, whose ids are not greater, and says how many. */
  readonly endStep: (last: string, limits: { maximum: number }) => Promise<number>
}

/** Ends all rows that there are when it begins, step by step: what is behind the last began later. */
async function endAll({ findLast, begin, endStep }: AllRows): Promise<number> {
  const last = await findLast(null)
  await begin()
  let ended = 0
  // SECURITY: what somebody had in hand was passed over, and is asked for until it is gone.
  for (let left = last; left !== null; left = last && (await findLast(last))) {
    ended += await endStep(left, { maximum: stepRows })
    await pause()
  }
  return ended
}
