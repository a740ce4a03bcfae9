import { base64url } from 'jose'
import type { Claims } from './access-token.ts'
import { fetchJson } from './fetch-json.ts'
import type { Settings } from './options.ts'
import { Polled } from './polled.ts'

export interface PublishedRevocations {
  standingOf(claims: Claims): Promise<'good' | 'revoked' | 'unavailable'>
}

/** The API's list of the sessions that ended while their tokens could still be valid. */
interface RevocationList {
  readonly digests: ReadonlySet<string>
  /** If more sessions ended than the list can hold, every token issued until this time counts as revoked. */
  readonly issuedBefore: number | null
}

/** The API may answer with a list that it read up to a second ago. */
const keptSeconds = 1

export function publishedRevocations(settings: Settings): PublishedRevocations {
  const url = `${settings.api}/v1/revocations`
  const { clock, onFailure, pollSeconds } = settings
  const read = async () => parseList(await fetchJson(url, settings.fetch))
  const maximumAgeSeconds = Math.max(pollSeconds - keptSeconds, pollSeconds / 2)
  const polled = new Polled({ read, maximumAgeSeconds, clock, onFailure })
  const isOpen = settings.revocations === 'fail-open'
  return {
    standingOf: async (claims) => {
      // While the API is away, no request waits for it if the last list may be used.
      const list = isOpen && polled.isAway() ? polled.last() : await polled.fresh()
      const held = list ?? (isOpen ? polled.last() : null)
      if (!held) return isOpen ? 'good' : 'unavailable'
      return (await isRevoked(claims, held)) ? 'revoked' : 'good'
    },
  }
}

/** @throws TypeError if it is not such a list */
function parseList(json: unknown): RevocationList {
  const { revoked, issued_before: issuedBefore } = Object(json)
  const isList = Array.isArray(revoked) && revoked.length <= 10_000 && revoked.every(isDigest)
  if (isList && (issuedBefore === null || Number.isSafeInteger(issuedBefore))) {
    return { digests: new Set(revoked), issuedBefore }
  }
  throw new TypeError('A list of revocations has revoked and issued_before')
}

function isDigest(entry: unknown): boolean {
  return typeof entry === 'string' && /^[\w-]{22}$/.test(entry)
}

// SECURITY: by the session, never by the text of the token: anybody can change a signature into another valid one,
// (r, s) into (r, n − s).
async function isRevoked(
  { accessToken: { sid }, issuedAtSeconds }: Claims,
  { digests, issuedBefore }: RevocationList,
): Promise<boolean> {
  if (issuedBefore !== null && issuedAtSeconds <= issuedBefore) return true
  if (digests.size === 0) return false
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(sid))
  return digests.has(base64url.encode(new Uint8Array(digest, 0, 16)))
}
