import type { Configuration } from './config.ts'
import { pause, stepRows } from './steps.ts'

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
