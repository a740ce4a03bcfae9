import { randomBytes } from 'node:crypto'
import { Guard } from './guard.ts'
import { LastUse } from './last-use.ts'
import { argon2id, type PasswordHash } from './password-hash.ts'
import type { PasswordPolicy } from './password-policy.ts'
import type { Store } from './store.ts'
import type { Random } from './tokens.ts'

/** What `createAuth` may be told. Only the store has no default. */
export interface AuthOptions {
  readonly store: Store
  readonly passwords?: Partial<PasswordPolicy>
  readonly sessions?: Partial<SessionPolicy>
  /** How long a link to reset a password works; default 15, from 1 to 1440. */
  readonly resetTokenMinutes?: number
  /** Default `on`: ten attempts in three minutes. `off` is for development and tests alone. */
  readonly rateLimits?: RateLimits
  /** The time; default the system's. Everything that expires is judged by it. */
  readonly clock?: () => Date
  /** Default `crypto.randomBytes`. */
  readonly random?: Random
  /** How many processes like this one share the machine's cores; default 1. */
  readonly processes?: number
  /** Default `argon2id()`, with a share of the cores. */
  readonly passwordHash?: PasswordHash
}

export type RateLimits = 'on' | 'off'

/** How long a session lives, which is judged at every request, and how many a user has. */
export interface SessionPolicy {
  /** Without use; default 720 (30 days). */
  readonly idleHours: number
  /** In all; default 2160 (90 days). */
  readonly maximumHours: number
  /** Past so many the oldest ends; default 100, from 1 to 1000. */
  readonly maximumPerUser: number
}

/** `AuthOptions` with every default filled in: after this nobody asks whether something is set. */
export interface Configuration {
  readonly store: Store
  readonly passwords: PasswordPolicy
  readonly sessions: SessionPolicy
  readonly resetTokenMinutes: number
  readonly guard: Pick<Guard, 'count'>
  readonly lastUse: LastUse
  /** Wakes whoever delivers messages in this process: one was committed. */
  readonly onMessageQueued: () => void
  readonly clock: () => Date
  readonly random: Random
  readonly passwordHash: PasswordHash
}

/** @throws RangeError for a number that would switch a protection off */
export function resolveConfiguration(
  options: AuthOptions,
  onMessageQueued: () => void = () => {},
): Configuration {
  const { store, passwords = {}, sessions = {} } = options
  const clock = options.clock ?? (() => new Date())
  // SECURITY: not by spreading, which would let an undefined take the place of a default.
  const config = {
    store,
    passwords: {
      minimumLength: passwords.minimumLength ?? 8,
      rejectCommon: passwords.rejectCommon ?? true,
    },
    sessions: {
      idleHours: sessions.idleHours ?? 720,
      maximumHours: sessions.maximumHours ?? 2_160,
      maximumPerUser: sessions.maximumPerUser ?? 100,
    },
    resetTokenMinutes: options.resetTokenMinutes ?? 15,
    guard: options.rateLimits === 'off' ? openGuard : new Guard(store, clock),
    lastUse: new LastUse(store, clock),
    onMessageQueued,
    clock,
    random: options.random ?? randomBytes,
    passwordHash: options.passwordHash ?? argon2id({ processes: options.processes ?? 1 }),
  }
  requireWithin('passwords.minimumLength', config.passwords.minimumLength, { from: 8, to: 128 })
  requireWithin('sessions.idleHours', config.sessions.idleHours, { from: 0.01, to: 87_600 })
  requireWithin('sessions.maximumHours', config.sessions.maximumHours, { from: 0.01, to: 87_600 })
  requireWithin('sessions.maximumPerUser', config.sessions.maximumPerUser, { from: 1, to: 1_000 })
  requireWithin('resetTokenMinutes', config.resetTokenMinutes, { from: 1, to: 1_440 })
  return config
}

const openGuard = { async count() {} }

function requireWithin(name: string, value: number, { from, to }: { from: number; to: number }) {
  // SECURITY: written so that NaN fails; a session compared with NaN would never expire.
  if (typeof value === 'number' && value >= from && value <= to) return
  throw new RangeError(`${name} must be a number from ${from} to ${to}, not ${value}`)
}
