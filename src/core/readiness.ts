import { CachedRead } from './cached-read.ts'
import { isUnavailable } from './errors.ts'
import type { Store } from './store.ts'

/** What is said of a server that can serve. */
export interface Readiness {
  /** Whether mails leave: some wait longer than they should, or none does. */
  readonly outbox: 'ok' | 'late'
}

// However many ask, the database is asked once in so long.
const keptMilliseconds = 1_000
const lateMilliseconds = 300_000

/**
 * How the server was a second ago. Mails that are late are no reason to take it out: the next would send
 * none either.
 *
 * SECURITY: anybody may ask, so how many wait, and since when, is not said, and resets are not looked at.
 * Where the mail server is away, one for a known address waits, and one for any other does not.
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
    // The database has just answered: the outbox alone cannot be read, and nothing of it leaves.
    if (isUnavailable(error)) return 'late'
    throw error
  }
}

interface Asked {
  readonly store: Pick<Store, 'ping' | 'findLongestWait'>
  readonly clock: () => Date
}
