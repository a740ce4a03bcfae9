import { hash } from 'node:crypto'
import { CachedRead } from './cached-read.ts'
import type { SessionAlias } from './entities.ts'
import type { Store } from './store.ts'

/** What resource servers are told, so that they refuse the tokens of ended sessions. */
export interface Revocations {
  /** The first half of the SHA-256 of each `sid`, in base64url, so that the list reveals no `sid`. */
  readonly revoked: readonly string[]
  /** If there are too many to list: every token with an `iat` up to this is refused, too; null if all are listed. */
  readonly issuedBefore: number | null
}

/** How many sessions are listed at most: those for which a token was issued last. */
export const maximumRevocations = 10_000

// The database is read at most once in this time, however many callers there are.
const keptMilliseconds = 1_000
const digestBytes = 16

interface Context {
  readonly store: Pick<Store, 'listDeadAliases'>
  readonly clock: () => Date
}

/**
 * The ended sessions whose access tokens may not have expired yet; up to a second old.
 *
 * @param lifeMilliseconds how long a token is accepted after it was issued
 */
export function keepRevocations(
  { store, clock }: Context,
  lifeMilliseconds: number,
): CachedRead<Revocations> {
  const read = async () => {
    const now = clock()
    const dead = await store.listDeadAliases(now, {
      issuedAfter: new Date(now.getTime() - lifeMilliseconds),
      // One more than is listed: it says from when on the list is complete.
      limit: maximumRevocations + 1,
    })
    return toRevocations(dead)
  }
  return new CachedRead({ read, clock, milliseconds: keptMilliseconds })
}

function toRevocations(dead: readonly SessionAlias[]): Revocations {
  const leftOut = dead[maximumRevocations]
  return {
    revoked: dead.slice(0, maximumRevocations).map(({ sid }) => digestOf(sid)),
    issuedBefore: leftOut ? Math.floor(leftOut.issuedAt.getTime() / 1_000) : null,
  }
}

function digestOf(sid: string): string {
  return hash('sha256', sid, 'buffer').toString('base64url', 0, digestBytes)
}
