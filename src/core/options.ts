import type { z } from 'zod'
import type { AccessTokenPolicy } from './access-token-policy.ts'
import type { Hooks } from './hooks.ts'
import type { ImportedKeys } from './imported-hashes/family.ts'
import type { Log } from './log.ts'
import type { Metrics } from './metrics.ts'
import type { PasswordHash } from './password-hash.ts'
import type { PasswordPolicy } from './password-policy.ts'
import type { Store } from './store.ts'
import type { Random } from './tokens.ts'
import type { Tracing } from './tracing.ts'

/** What `createAuth` may be told. Only the store has no default. */
export interface AuthOptions<Fields = unknown> {
  readonly store: Store
  readonly passwords?: Partial<PasswordPolicy>
  readonly sessions?: Partial<SessionPolicy>
  readonly apiKeys?: Partial<ApiKeyPolicy>
  /** Signed tokens for other services, for whom the user may do what `apiKeys.scopes` say; default none. */
  readonly accessTokens?: AccessTokenPolicy
  /** How long a link to reset a password works; default 15, from 1 to 1440. */
  readonly resetTokenMinutes?: number
  /** Default `on`: everything in `limits.ts`, and what an API key may ask for in a minute. `off` is for development and tests alone. */
  readonly rateLimits?: RateLimits
  /** The time; default the system's. Everything that expires is judged by it. */
  readonly clock?: () => Date
  /** Default `crypto.randomBytes`. */
  readonly random?: Random
  /** How many processes like this one share the machine's cores; default 1. */
  readonly processes?: number
  /** What else somebody fills in to sign up: each is a field of the body beside address and password. */
  readonly signUpFields?: z.ZodObject & z.ZodType<Fields>
  /** Default `open`. */
  readonly signUp?: SignUp
  /** What your application does when something happens to a user; default nothing. */
  readonly hooks?: Partial<Hooks<Fields>>
  /**
   * Where events are said, beside the table in which they are written down; default faults alone, on
   * standard error.
   */
  readonly log?: Log
  /** What counts what goes on, as `observe()` makes it; default nothing. */
  readonly metrics?: Metrics | null
  /** What follows a request through the work that it makes, as `observe()` makes it; default nothing. */
  readonly tracing?: Tracing | null
  /** What the system that users were imported from hashed beside their passwords; default nothing. */
  readonly importedKeys?: Partial<ImportedKeys>
  /** Default `argon2id()`, with a share of the cores and `importedKeys`. */
  readonly passwordHash?: PasswordHash
}

export type RateLimits = 'on' | 'off'

/**
 * Who may sign up. `open`: everybody, with a session at once. `confirm`: everybody, and the user is there
 * when the link in a mail is opened; whether an address is taken is told to nobody but its owner.
 * `closed`: nobody.
 */
export type SignUp = (typeof signUps)[number]

export const signUps = ['open', 'confirm', 'closed'] as const

/** How long a session lives, which is judged at every request, and how many a user has. */
export interface SessionPolicy {
  /** Without use; default 720 (30 days). */
  readonly idleHours: number
  /** In all; default 2160 (90 days). */
  readonly maximumHours: number
  /** Past so many the oldest ends; default 100, from 1 to 1000. */
  readonly maximumPerUser: number
}

/** What API keys may do, how long they live, and how often each is used. */
export interface ApiKeyPolicy {
  /**
   * What `scope` of a route may name, and a key be given, such as `projects:read`; default none, and
   * nobody has keys (RFC 6749 §3.3).
   */
  readonly scopes: readonly string[]
  /** How long a key lives for which nothing else was asked; default 90. */
  readonly defaultDays: number
  /** The longest that can be asked for; default 365, from 1 to 3650. */
  readonly maximumDays: number
  /** Past so many none is created; default 100, from 1 to 1000. */
  readonly maximumPerUser: number
  /** Of one key, in all processes together; default 600, from 1 to 1,000,000. */
  readonly requestsPerMinute: number
}
