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

/** The options of `createAuth`. Only the store has no default. */
export interface AuthOptions<Fields = unknown> {
  readonly store: Store
  readonly passwords?: Partial<PasswordPolicy>
  readonly sessions?: Partial<SessionPolicy>
  readonly apiKeys?: Partial<ApiKeyPolicy>
  /** Signed tokens for other services, with scopes of `apiKeys.scopes`; default none. */
  readonly accessTokens?: AccessTokenPolicy
  /** How many minutes a reset link is valid; default 15, from 1 to 1440. */
  readonly resetTokenMinutes?: number
  /**
   * Default `on`: every limit in `limits.ts`, and each API key's requests per minute. `off` is for development and
   * tests only.
   */
  readonly rateLimits?: RateLimits
  /** The current time; default the system's clock. It decides every expiry. */
  readonly clock?: () => Date
  /** Default `crypto.randomBytes`. */
  readonly random?: Random
  /** How many processes like this one share the machine's cores; default 1. */
  readonly processes?: number
  /** More fields of the body of a sign-up, besides address and password. */
  readonly signUpFields?: z.ZodObject & z.ZodType<Fields>
  /** Default `open`. */
  readonly signUp?: SignUp
  /** What your application does when something happens to a user; default nothing. */
  readonly hooks?: Partial<Hooks<Fields>>
  /**
   * Where requests, mails, sweeps and events are logged; events are stored in a table as well. Default: faults only, on
   * standard error.
   */
  readonly log?: Log
  /** Collects metrics; made by `observe()`; default none. */
  readonly metrics?: Metrics | null
  /** Traces requests; made by `observe()`; default none. */
  readonly tracing?: Tracing | null
  /** The secrets that the previous system of imported users hashed together with their passwords; default none. */
  readonly importedKeys?: Partial<ImportedKeys>
  /** Default `argon2id()`, with a share of the cores and `importedKeys`. */
  readonly passwordHash?: PasswordHash
}

export type RateLimits = 'on' | 'off'

/**
 * Who may sign up. `open`: everybody, with a session at once. `confirm`: everybody, but the user exists only once the
 * link in a mail is opened, and only the owner of an address learns that it is taken. `closed`: nobody.
 */
export type SignUp = (typeof signUps)[number]

export const signUps = ['open', 'confirm', 'closed'] as const

/** How long a session lives, which every request checks, and how many a user may have. */
export interface SessionPolicy {
  /** How long a session lives without use; default 720 (30 days). */
  readonly idleHours: number
  /** How long a session lives in all; default 2160 (90 days). */
  readonly maximumHours: number
  /** Beyond this number the oldest session ends; default 100, from 1 to 1000. */
  readonly maximumPerUser: number
}

/** What API keys may do, how long they live, and how often each is used. */
export interface ApiKeyPolicy {
  /**
   * The scopes that keys can have and routes can require, such as `projects:read` (RFC 6749 §3.3). Default none: then
   * nobody can create a key.
   */
  readonly scopes: readonly string[]
  /** The life of a key for which none is requested; default 90, or `maximumDays` if less. */
  readonly defaultDays: number
  /** The longest life of a key; default 365, from 1 to 3650. */
  readonly maximumDays: number
  /** Beyond this number no key is created; default 100, from 1 to 1000. */
  readonly maximumPerUser: number
  /** The requests that a key may make, over all processes; default 600, from 1 to 1,000,000. */
  readonly requestsPerMinute: number
}
