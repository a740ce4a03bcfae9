import { CachedRead } from './cached-read.ts'
import { isUnavailable } from './errors.ts'
import type { Store } from './store.ts'

/** What a server that can serve reports. */
export interface Readiness {
  /** `late` where a mail has waited longer than it should, or the outbox cannot be read. */
  readonly outbox: 'ok' | 'late'
}

// However many ask, the database is asked once in this time.
const keptMilliseconds = 1_000
/** A mail that waits for longer than this is late. */
export const lateMilliseconds = 300_000

/**
 * The server's state, as of a second ago. Late mails are no reason to take it out of service: the next server would
 * send none either.
 *
 * SECURITY: anybody may ask, so the answer does not say how many mails wait, or since when, and leaves out resets.
 * Where the mail server is away, a reset for a known address waits, and for any other does not.
 *
 * @throws AuthError `unavailable` from `get()` where the database does not answer, or is not migrated
 */
export function keepReadiness({ store, clock }: Asked): CachedRead<Readiness> {
  const read = async (): Promise<Readiness> => {
    await store.ping()
    return { outbox: await readOutbox({ store, clock }) }
  }
  return new CachedRead({ read, clock, milliseconds: keptMilliseconds })
}

async function readOutbox({ store, clock }: Asked): Promise<Readiness['outbox']> {
  try {
    const since = await store.findLongestWait()
    const waited = since === null ? 0 : clock().getTime() - since.getTime()
    return waited > lateMilliseconds ? 'late' : 'ok'
  } catch (error) {
    // The database has just answered: the outbox alone cannot be read, and no mail leaves it.
    if (isUnavailable(error)) return 'late'
    throw error
  }
}

interface Asked {
  readonly store: Pick<Store, 'ping' | 'findLongestWait'>
  readonly clock: () => Date
}
