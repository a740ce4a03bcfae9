import type { Configuration } from './config.ts'
import type { Session, SessionHorizon } from './entities.ts'

export function expiresAt(config: Configuration, session: Session): Date {
  return new Date(expiry(config, session))
}

/** When a session expires even if it is used all the time. */
export function endsAt({ sessions }: Configuration, { createdAt }: Session): Date {
  return new Date(createdAt.getTime() + sessions.maximumHours * 3_600_000)
}

/** Whether a session has not expired. */
export function isLive(config: Configuration, session: Session): boolean {
  const now = config.clock().getTime()
  return now < expiry(config, session) && session.createdAt.getTime() <= now + aheadOf(config)
}

/**
 * How far in the future, in milliseconds, the start of a session may be.
 *
 * SECURITY: a session from further ahead was begun by a wrong clock, and would outlive the maximum by as much. A
 * shorter tolerance would log everybody out when a machine wakes up with a clock that is hours behind.
 */
function aheadOf({ sessions }: Pick<Configuration, 'sessions'>): number {
  return Math.min(toleratedHours, sessions.maximumHours) * 3_600_000
}

const toleratedHours = 24

/** The limits of an unexpired session, for a query. */
export function horizonOf(config: Configuration): SessionHorizon {
  const { clock, sessions } = config
  const now = clock().getTime()
  return {
    usedAfter: new Date(now - sessions.idleHours * 3_600_000),
    createdAfter: new Date(now - sessions.maximumHours * 3_600_000),
    createdUntil: new Date(now + aheadOf(config)),
  }
}

function expiry({ sessions }: Configuration, { lastUsedAt, createdAt }: Session): number {
  const { idleHours, maximumHours } = sessions
  return Math.min(
    lastUsedAt.getTime() + idleHours * 3_600_000,
    createdAt.getTime() + maximumHours * 3_600_000,
  )
}
