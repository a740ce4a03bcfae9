import type { Configuration } from './config.ts'
import { pause, stepRows } from './steps.ts'

/**
 * Ends every link that is in a mail: resets, proofs of an address and the changes that wait for one, and
 * sign-ups that nobody has confirmed. Whoever needs one asks for another.
 *
 * @throws AuthError `unavailable`, with some of them ended: asked again, it ends the others
 */
export async function revokeOneTimeTokens({ store }: Configuration): Promise<void> {
  const endStep = () =>
    store.transaction((transaction) => transaction.deleteOneTimeTokens({ maximum: stepRows }))
  while (await endStep()) await pause()
}
