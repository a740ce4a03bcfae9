// What the verbs here promise is written in verbs/sessions.ts.
import type { Client } from './client.ts'
import type { Configuration } from './config.ts'
import type { Authenticated, Session, User } from './entities.ts'
import type { EventName } from './event-names.ts'
import { noteRefusal } from './events.ts'
import type { PasswordAttempt } from './guard.ts'
import { normalizePassword } from './password-policy.ts'
import type { Secret } from './secret.ts'
import { holdLive } from './sessions.ts'
import { perform } from './unit-of-work.ts'

/** How long a session may do sensitive things after its password was verified. */
const freshMinutes = 10

/** The password that somebody submits to prove that the session is theirs, and where the request comes from. */
interface SubmittedChallenge {
  readonly challenge: string
  readonly client: Client
}

/** Until when a session may do sensitive things. */
function freshUntil({ passwordVerifiedAt }: Session): Date {
  return new Date(passwordVerifiedAt.getTime() + freshMinutes * 60_000)
}

export function isFresh(config: Configuration, session: Session): boolean {
  const ago = config.clock().getTime() - session.passwordVerifiedAt.getTime()
  // SECURITY: the absolute difference, or a session would be fresh for days if its password was verified by a clock
  // that was ahead.
  return Math.abs(ago) < freshMinutes * 60_000
}

export async function freshen(
  config: Configuration,
  { session, user }: Authenticated,
  submitted: SubmittedChallenge,
): Promise<Date | 'wrong_password' | 'session_ended'> {
  if ((await verifyChallenge(config, user, submitted)) === null) return 'wrong_password'
  const passwordVerifiedAt = config.clock()
  return perform(config, submitted.client, async (unit, transaction) => {
    if (!(await holdLive(transaction, session))) return 'session_ended'
    await transaction.freshenSession(session, passwordVerifiedAt)
    const about = { userId: user.id, sessionId: session.id, detail: 'password_challenge' }
    await unit.record({ name: 'authn_login_success', ...about })
    return freshUntil({ ...session, passwordVerifiedAt })
  })
}

/**
 * Verifies a text as the user's password. Each try counts, right or wrong.
 *
 * @returns the hash that it matches, or null
 * @throws AuthError `rate_limited`, `overloaded`, `unavailable`
 */
export async function verifyChallenge(
  config: Configuration,
  user: User,
  submitted: SubmittedChallenge & { readonly refusal?: EventName },
): Promise<string | null> {
  const { challenge, client, refusal = 'authn_login_fail' } = submitted
  await config.guard.count('password_challenge', { account: user.id, client })
  const about = { userId: user.id, detail: 'password_challenge' }
  const password = normalizePassword(challenge)
  if (!password) {
    noteRefusal(config, client, { name: refusal, ...about })
    return null
  }
  const tried = { account: user.id, password }
  const attempt = await config.guard.tryPassword('password_challenge', tried)
  const passwordHash = await attempt.verify(() => findRight(config, user, { password, attempt }))
  if (passwordHash === null) {
    noteRefusal(config, client, { name: attempt.isLast ? 'authn_login_lock' : refusal, ...about })
  }
  return passwordHash
}

async function findRight(
  config: Configuration,
  user: User,
  { password, attempt }: { password: Secret; attempt: PasswordAttempt },
): Promise<string | null> {
  // Looked up by id: the address may have changed since the user was read.
  const known = await config.store.findCredentialsById(user.id)
  if (!known) return null
  const isRight = await config.passwordHash.verify(known.passwordHash, password)
  if (!isRight || known.user.bannedAt !== null || attempt.isStopped) return null
  await config.store.transaction((transaction) => attempt.succeed(transaction))
  return known.passwordHash
}
