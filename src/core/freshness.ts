import type { Configuration } from './config.ts'
import type { Authenticated, Session, User } from './entities.ts'
import { normalizePassword } from './password-policy.ts'
import type { Client } from './sessions.ts'

/** How long after the password was verified a session may do what is sensitive. */
const freshMinutes = 10

/** What somebody types to prove that the session is theirs, and where that comes from. */
export interface SubmittedChallenge {
  readonly challenge: string
  readonly client: Client
}

/** Until when a session may do what is sensitive. */
function freshUntil({ passwordVerifiedAt }: Session): Date {
  return new Date(passwordVerifiedAt.getTime() + freshMinutes * 60_000)
}

export function isFresh(config: Configuration, session: Session): boolean {
  return config.clock() < freshUntil(session)
}

/**
 * Makes a session fresh again for whoever knows the password.
 *
 * @returns until when, or null where the challenge is not the password
 * @throws AuthError `rate_limited`, `overloaded`, `unavailable`
 */
export async function freshen(
  config: Configuration,
  { session, user }: Authenticated,
  submitted: SubmittedChallenge,
): Promise<Date | null> {
  if ((await verifyChallenge(config, user, submitted)) === null) return null
  const passwordVerifiedAt = config.clock()
  await config.store.transaction((transaction) =>
    transaction.freshenSession(session, passwordVerifiedAt),
  )
  return freshUntil({ ...session, passwordVerifiedAt })
}

/**
 * Whether a text is the user's password; each try counts, right or wrong.
 *
 * @returns the hash that it belongs to, or null
 * @throws AuthError `rate_limited`, `overloaded`, `unavailable`
 */
export async function verifyChallenge(
  config: Configuration,
  user: User,
  { challenge, client }: SubmittedChallenge,
): Promise<string | null> {
  await config.guard.count('password_challenge', {
    account: user.id,
    ipAddress: client.ipAddress,
  })
  const password = normalizePassword(challenge)
  const known = password && (await config.store.findCredentials(user.emailAddress))
  if (!known || known.user.id !== user.id) return null
  const isRight = await config.passwordHash.verify(known.passwordHash, password)
  return isRight && known.user.bannedAt === null ? known.passwordHash : null
}
