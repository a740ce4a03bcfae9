import type { CachedRead } from './cached-read.ts'
import { digestOfToken } from './token-digest.ts'

// 24 to 32 characters, as Rails' has_secure_token and better-auth make them; our own contain a _ and do not match.
// better-auth's signature may follow after a dot. It is not needed, since the token itself is looked up.
const pattern = /^([A-Za-z0-9]{24,32})(?:\.[\w+/=%-]{1,128})?$/

/** What decides whether imported sessions may still be alive. */
export interface SessionImports {
  readonly clock: () => Date
  readonly importedSessions: Pick<CachedRead<Date | null>, 'get'>
  readonly sessions: { readonly maximumHours: number }
}

/** How long `importedSessions` is kept: after that time every process knows of a new import. */
export const importKeptMilliseconds = 250

/**
 * The digest of another system's token; null if the text cannot be one, or all imported sessions have expired.
 *
 * @throws AuthError `unavailable`
 */
export function importedDigest(
  imports: SessionImports,
  text: string,
): Promise<Uint8Array | null> | null {
  const token = pattern.exec(text)?.[1]
  return token === undefined ? null : digestWhileLive(imports, token)
}

async function digestWhileLive(
  { clock, importedSessions, sessions }: SessionImports,
  token: string,
): Promise<Uint8Array | null> {
  const importedAt = await importedSessions.get()
  if (importedAt === null) return null
  const overAt = importedAt.getTime() + sessions.maximumHours * 3_600_000
  return clock().getTime() < overAt ? digestOfToken(token) : null
}
