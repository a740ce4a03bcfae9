import { CachedRead } from './cached-read.ts'
import { isUnavailable } from './errors.ts'
import type { Store } from './store.ts'

/** The report of a server that can serve. */
export interface Readiness {
  /** `late` if a mail has waited longer than it should, or the outbox cannot be read. */
  readonly outbox: 'ok' | 'late'
}

// The database is read at most once in this time, however many callers there are.
const keptMilliseconds = 1_000
/** A mail that has waited longer than this is late. */
export const lateMilliseconds = 300_000

/**
 * Reads the server's state, at most once a second. Late mails are no reason to take a server out of service: another
 * one could not send them either.
 *
 * SECURITY: anybody may ask, so the answer says neither how many mails wait nor since when, and leaves out resets:
 * while the mail server is unreachable, a reset waits only if its address is known.
 *
 * `get()` throws `AuthError` `unavailable` if the database does not answer, or is not migrated.
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
    // The database has just answered, so only the outbox cannot be read, and no mail is sent.
    if (isUnavailable(error)) return 'late'
    throw error
  }
}

interface Asked {
  readonly store: Pick<Store, 'ping' | 'findLongestWait'>
  readonly clock: () => Date
}
