import type { Client } from './client.ts'
import type { Configuration } from './config.ts'
import { pause, stepRows } from './steps.ts'
import { perform } from './unit-of-work.ts'

/**
 * Ends every session of every user, step by step, so that nobody is kept waiting. Sessions that
 * begin meanwhile stay. API keys live on.
 *
 * @returns how many there were, including expired ones that were not swept yet
 * @throws AuthError `unavailable`, perhaps with some of them ended: call it again for the rest
 */
export async function revokeAllSessions(config: Configuration, client: Client): Promise<number> {
  const { store } = config
  return endAll({
    findLast: (upTo) => store.findLastSessionId(upTo),
    // Recorded once, before anything ends: a hundred thousand events for a hundred thousand users
    // would drown all others, and a revocation that is cut short was begun all the same.
    begin: () =>
      perform(config, client, (_transaction, unit) =>
        unit.record({ name: 'session_expired', userId: null, detail: 'everybody' }),
      ),
    endStep: (last, limits) =>
      store.transaction((transaction) => transaction.deleteSessionsUpTo(last, limits)),
  })
}

/**
 * Ends every API key of every user, as `revokeAllSessions` ends sessions. A key that is created
 * meanwhile stays.
 *
 * @returns how many there were, including expired ones that were not swept yet
 * @throws AuthError `unavailable`, perhaps with some of them ended: call it again for the rest
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

/**
 * Ends every mailed link: resets, proofs of an address and the changes that wait for one, and
 * sign-ups that nobody has confirmed. Whoever needs a link asks for another.
 *
 * @throws AuthError `unavailable`, perhaps with some of them ended: call it again for the rest
 */
export async function revokeOneTimeTokens({ store }: Configuration): Promise<void> {
  const endStep = () =>
    store.transaction((transaction) => transaction.deleteOneTimeTokens({ maximum: stepRows }))
  while (await endStep()) await pause()
}

interface AllRows {
  /** The greatest id, not above `upTo` where that is given. Ids are in the order of time. */
  readonly findLast: (upTo: string | null) => Promise<string | null>
  /** Records that the revocation begins. */
  readonly begin: () => Promise<void>
  /** Ends at most `maximum` rows with ids up to `last`, and returns how many. */
  readonly endStep: (last: string, limits: { maximum: number }) => Promise<number>
}

/** Ends all rows that exist at the start, step by step: those with greater ids began later. */
async function endAll({ findLast, begin, endStep }: AllRows): Promise<number> {
  const last = await findLast(null)
  await begin()
  let ended = 0
  // SECURITY: rows that others had locked were skipped, and are asked for until they are gone.
  for (let left = last; left !== null; left = last && (await findLast(last))) {
    ended += await endStep(left, { maximum: stepRows })
    await pause()
  }
  return ended
}
