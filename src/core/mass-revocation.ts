// What the verbs here promise is written in verbs.ts, and in verbs/ with each noun.
import type { Client } from './client.ts'
import type { Configuration } from './config.ts'
import { pause, stepRows } from './steps.ts'
import { perform } from './unit-of-work.ts'

export async function revokeAllSessions(config: Configuration, client: Client): Promise<number> {
  const { store } = config
  return endAll({
    findLast: (upTo) => store.findLastSessionId(upTo),
    // One event, before the first step: one for each user would drown out all others. It is recorded even if the
    // revocation is interrupted.
    begin: () =>
      perform(config, client, (unit) =>
        unit.record({ name: 'session_expired', userId: null, detail: 'everybody' }),
      ),
    endStep: (last, limits) =>
      store.transaction((transaction) => transaction.deleteSessionsUpTo(last, limits)),
  })
}

export async function revokeAllApiKeys(config: Configuration, client: Client): Promise<number> {
  const { store } = config
  return endAll({
    findLast: (upTo) => store.findLastApiKeyId(upTo),
    begin: () =>
      perform(config, client, (unit) =>
        unit.record({ name: 'authn_token_revoked', userId: null, detail: 'everybody' }),
      ),
    endStep: (last, limits) =>
      store.transaction((transaction) => transaction.deleteApiKeysUpTo(last, limits)),
  })
}

export async function revokeOneTimeTokens({ store }: Configuration): Promise<void> {
  const endStep = () =>
    store.transaction((transaction) => transaction.deleteOneTimeTokens({ maximum: stepRows }))
  while (await endStep()) await pause()
}

interface AllRows {
  /** The greatest id, or the greatest up to `upTo` if that is given. Ids are in the order of creation. */
  readonly findLast: (upTo: string | null) => Promise<string | null>
  /** Records that the revocation begins. */
  readonly begin: () => Promise<void>
  /** Ends at most `maximum` rows with ids up to `last`, and returns how many. */
  readonly endStep: (last: string, limits: { maximum: number }) => Promise<number>
}

/** Ends all rows that exist at the start, step by step: rows with greater ids were created later, and stay. */
async function endAll({ findLast, begin, endStep }: AllRows): Promise<number> {
  const last = await findLast(null)
  await begin()
  let ended = 0
  // SECURITY: a step skips rows that others have locked, so it is repeated until all are gone.
  for (let left = last; left !== null; left = last && (await findLast(last))) {
    ended += await endStep(left, { maximum: stepRows })
    await pause()
  }
  return ended
}
