import type { Configuration } from './config.ts'
import type { Session, SessionHorizon } from './entities.ts'

/** When a session expires if it is not used again: idle too long, or simply old. */
export function expiresAt(config: Configuration, session: Session): Date {
  return new Date(expiry(config, session))
}

/** When a session expires, however much it is used. */
export function endsAt({ sessions }: Configuration, { createdAt }: Session): Date {
  return new Date(createdAt.getTime() + sessions.maximumHours * 3_600_000)
}

/** Whether a session has not expired. */
export function isLive(config: Configuration, session: Session): boolean {
  const now = config.clock().getTime()
  return now < expiry(config, session) && session.createdAt.getTime() <= now + aheadOf(config)
}

/**
 * SECURITY: how far in the future a session may begin, in milliseconds. Beyond that a wrong clock
 * began it, and it would outlive the maximum by as much. Not less: a machine that wakes up hours
 * behind, or in another time zone, would log out everybody who logged in since.
 */
function aheadOf({ sessions }: Pick<Configuration, 'sessions'>): number {
  return Math.min(toleratedHours, sessions.maximumHours) * 3_600_000
}

const toleratedHours = 24

/** The same limits, for a query of the database. */
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
