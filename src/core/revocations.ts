import { hash } from 'node:crypto'
import { CachedRead } from './cached-read.ts'
import type { SessionAlias } from './entities.ts'
import type { Store } from './store.ts'

/** What resource servers are told: they refuse the tokens of these sessions. */
export interface Revocations {
  /** The first half of each `sid`'s SHA-256, in base64url: the list tells nobody a `sid`. */
  readonly revoked: readonly string[]
  /** Where not all are listed, tokens whose `iat` is not greater than this are refused too; else null. */
  readonly issuedBefore: number | null
}

/** The most that are listed: those for which a token was issued last. */
export const maximumRevocations = 10_000

// However many ask, the database is asked once in this time.
const keptMilliseconds = 1_000
const digestBytes = 16

interface Context {
  readonly store: Pick<Store, 'listDeadAliases'>
  readonly clock: () => Date
}

/**
 * The ended sessions of which some access token may still be accepted, as of a second ago.
 *
 * @param lifeMilliseconds after which no token is accepted any more
 */
export function keepRevocations(
  { store, clock }: Context,
  lifeMilliseconds: number,
): CachedRead<Revocations> {
  const read = async () => {
    const now = clock()
    const dead = await store.listDeadAliases(now, {
      issuedAfter: new Date(now.getTime() - lifeMilliseconds),
      // One more, which tells from when on the list is complete.
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
