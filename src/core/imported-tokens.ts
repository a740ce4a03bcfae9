import type { Kept } from './kept.ts'
import { digestOfToken } from './token-digest.ts'
import { parseToken } from './tokens.ts'

// 24 to 32 characters, as Rails' has_secure_token and better-auth make them: none of our own, which have
// a _. Behind a dot better-auth's signature, which says nothing that the token does not.
const pattern = /^([A-Za-z0-9]{24,32})(?:\.[\w+/=%-]{1,128})?$/

interface Looked {
  readonly clock: () => Date
  readonly importedSessions: Pick<Kept<Date | null>, 'get'>
  readonly sessions: { readonly maximumHours: number }
}

/** How long what was read of imported sessions is kept: whoever is asked just before an import knows of it soon. */
export const importKeptMilliseconds = 250

/**
 * The digest to look up the token of a session by, which may be one that another system issued; null for
 * a text that cannot be one. Such tokens are looked up only until all imported sessions are over.
 *
 * @throws AuthError `unavailable`
 */
export function sessionDigest(
  config: Looked,
  text: string,
): Uint8Array | null | Promise<Uint8Array | null> {
  return parseToken('session', text) ?? importedDigest(config, text)
}

function importedDigest(config: Looked, text: string): Promise<Uint8Array | null> | null {
  const token = pattern.exec(text)?.[1]
  return token === undefined ? null : digestWhileLive(config, token)
}

async function digestWhileLive(
  { clock, importedSessions, sessions }: Looked,
  token: string,
): Promise<Uint8Array | null> {
  const importedAt = await importedSessions.get()
  if (importedAt === null) return null
  const overAt = importedAt.getTime() + sessions.maximumHours * 3_600_000
  return clock().getTime() < overAt ? digestOfToken(token) : null
}
