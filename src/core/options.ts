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
  /** Signed tokens for other services, where the user may do what `apiKeys.scopes` say; default none. */
  readonly accessTokens?: AccessTokenPolicy
  /** How many minutes a link to reset a password works; default 15, from 1 to 1440. */
  readonly resetTokenMinutes?: number
  /**
   * Default `on`: every limit in `limits.ts`, and each API key's requests per minute. `off` is for development and
   * tests only.
   */
  readonly rateLimits?: RateLimits
  /** The current time; default the system's. Every expiry is judged by it. */
  readonly clock?: () => Date
  /** Default `crypto.randomBytes`. */
  readonly random?: Random
  /** How many processes like this one share the machine's cores; default 1. */
  readonly processes?: number
  /** Further fields of the sign-up's body, beside address and password. */
  readonly signUpFields?: z.ZodObject & z.ZodType<Fields>
  /** Default `open`. */
  readonly signUp?: SignUp
  /** What your application does when something happens to a user; default nothing. */
  readonly hooks?: Partial<Hooks<Fields>>
  /**
   * Where events are logged, beside the table that keeps them, and requests, mails and sweeps; default faults only,
   * on standard error.
   */
  readonly log?: Log
  /** What collects metrics, as `observe()` makes it; default none. */
  readonly metrics?: Metrics | null
  /** What traces a request, as `observe()` makes it; default none. */
  readonly tracing?: Tracing | null
  /** What the previous system of imported users hashed beside their passwords; default none. */
  readonly importedKeys?: Partial<ImportedKeys>
  /** Default `argon2id()`, with a share of the cores and `importedKeys`. */
  readonly passwordHash?: PasswordHash
}

export type RateLimits = 'on' | 'off'

/**
 * Who may sign up. `open`: everybody, with a session at once. `confirm`: everybody, but the user
 * exists only once the link in a mail is opened; nobody but its owner learns that an address is
 * taken. `closed`: nobody.
 */
export type SignUp = (typeof signUps)[number]

export const signUps = ['open', 'confirm', 'closed'] as const

/** How long a session lives, which is checked at every request, and how many a user may have. */
export interface SessionPolicy {
  /** Without use; default 720 (30 days). */
  readonly idleHours: number
  /** In all; default 2160 (90 days). */
  readonly maximumHours: number
  /** Beyond these the oldest ends; default 100, from 1 to 1000. */
  readonly maximumPerUser: number
}

/** What API keys may do, how long they live, and how often each is used. */
export interface ApiKeyPolicy {
  /**
   * What a route's `scope` may name and a key may be given, such as `projects:read` (RFC 6749
   * §3.3); default none, so that nobody has keys.
   */
  readonly scopes: readonly string[]
  /** Where no other is asked for; default 90, or `maximumDays` if less. */
  readonly defaultDays: number
  /** The most that can be asked for; default 365, from 1 to 3650. */
  readonly maximumDays: number
  /** Beyond these no key is created; default 100, from 1 to 1000. */
  readonly maximumPerUser: number
  /** Per key, over all processes; default 600, from 1 to 1,000,000. */
  readonly requestsPerMinute: number
}
