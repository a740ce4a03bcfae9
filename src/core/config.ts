import { randomBytes } from 'node:crypto'
import type { z } from 'zod'
import {
  type AccessTokenPolicy,
  type AccessTokens,
  resolveAccessTokens,
} from './access-token-policy.ts'
import { ApiKeyLimit } from './api-key-limit.ts'
import { minimumWordLength } from './context-words.ts'
import { DeadTokens } from './dead-tokens.ts'
import { Guard } from './guard.ts'
import { type Hooks, hookNames } from './hooks.ts'
import { ids } from './ids.ts'
import { LastUse } from './last-use.ts'
import { faultsOnly, type Log, unfailing } from './log.ts'
import { argon2id, type PasswordHash } from './password-hash.ts'
import type { PasswordPolicy } from './password-policy.ts'
import { RefusedAttempts } from './refused-attempts.ts'
import type { Store } from './store.ts'
import type { Random } from './tokens.ts'

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
  /** Default `argon2id()`, with a share of the cores. */
  readonly passwordHash?: PasswordHash
}

export type RateLimits = 'on' | 'off'

/**
 * Who may sign up. `open`: everybody, with a session at once. `confirm`: everybody, and the user is there
 * when the link in a mail is opened; whether an address is taken is told to nobody but its owner.
 * `closed`: nobody.
 */
export type SignUp = (typeof signUps)[number]

const signUps = ['open', 'confirm', 'closed'] as const

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

/** `AuthOptions` with every default filled in: after this nobody asks whether something is set. */
export interface Configuration {
  readonly store: Store
  readonly passwords: PasswordPolicy
  readonly sessions: SessionPolicy
  readonly apiKeys: ApiKeyPolicy
  /** Null where none are issued. */
  readonly accessTokens: AccessTokens | null
  readonly resetTokenMinutes: number
  readonly guard: Pick<Guard, 'count' | 'tryPassword' | 'recover'>
  readonly deadTokens: Pick<DeadTokens, 'count'>
  readonly apiKeyLimit: Pick<ApiKeyLimit, 'count'>
  readonly newId: (at: Date) => string
  readonly refusedAttempts: RefusedAttempts
  readonly signUpFields: z.ZodObject | null
  readonly signUp: SignUp
  readonly hooks: Partial<Hooks<unknown>>
  readonly log: Log
  readonly sessionUse: LastUse
  readonly apiKeyUse: LastUse
  /** Wakes whoever delivers messages in this process: one was committed. */
  readonly onMessageQueued: () => void
  readonly clock: () => Date
  readonly random: Random
  readonly passwordHash: PasswordHash
}

/** @throws RangeError for a number that would switch a protection off */
export function resolveConfiguration<Fields>(
  options: AuthOptions<Fields>,
  onMessageQueued: () => void = () => {},
): Configuration {
  const { store, passwords = {}, sessions = {}, apiKeys = {} } = options
  const clock = options.clock ?? (() => new Date())
  const random = options.random ?? randomBytes
  const newId = ids(random)
  // SECURITY: not by spreading, which would let an undefined take the place of a default.
  const config = {
    store,
    passwords: {
      minimumLength: passwords.minimumLength ?? 8,
      rejectCommon: passwords.rejectCommon ?? true,
      contextWords: passwords.contextWords ?? [],
    },
    sessions: {
      idleHours: sessions.idleHours ?? 720,
      maximumHours: sessions.maximumHours ?? 2_160,
      maximumPerUser: sessions.maximumPerUser ?? 100,
    },
    apiKeys: {
      scopes: apiKeys.scopes ?? [],
      defaultDays: apiKeys.defaultDays ?? Math.min(90, apiKeys.maximumDays ?? 90),
      maximumDays: apiKeys.maximumDays ?? 365,
      maximumPerUser: apiKeys.maximumPerUser ?? 100,
      requestsPerMinute: apiKeys.requestsPerMinute ?? 600,
    },
    accessTokens: resolveAccessTokens({ store, clock, newId }, options.accessTokens),
    resetTokenMinutes: options.resetTokenMinutes ?? 15,
    guard: new Guard(store, clock),
    deadTokens: new DeadTokens(clock),
    refusedAttempts: new RefusedAttempts((events) => store.recordEvents(events)),
    signUpFields: options.signUpFields ?? null,
    signUp: options.signUp ?? 'open',
    // The fields that a hook is given are those that the schema beside it made.
    hooks: (options.hooks ?? {}) as Partial<Hooks<unknown>>,
    log: unfailing(options.log ?? faultsOnly),
    sessionUse: new LastUse((ids, at) => store.recordUses('sessions', ids, at), clock),
    apiKeyUse: new LastUse((ids, at) => store.recordUses('api_keys', ids, at), clock),
    onMessageQueued,
    clock,
    random,
    newId,
    passwordHash: options.passwordHash ?? argon2id({ processes: options.processes ?? 1 }),
  }
  requireWithin('passwords.minimumLength', config.passwords.minimumLength, { from: 8, to: 128 })
  requireWords(config.passwords.contextWords)
  requireWithin('sessions.idleHours', config.sessions.idleHours, { from: 0.01, to: 87_600 })
  requireWithin('sessions.maximumHours', config.sessions.maximumHours, { from: 0.01, to: 87_600 })
  requireWithin('sessions.maximumPerUser', config.sessions.maximumPerUser, { from: 1, to: 1_000 })
  requireWithin('resetTokenMinutes', config.resetTokenMinutes, { from: 1, to: 1_440 })
  requireApiKeys(config.apiKeys)
  if (config.signUpFields) requireFields(config.signUpFields)
  requireSignUp(config.signUp)
  requireHooks(config.hooks)
  const { requestsPerMinute } = config.apiKeys
  const apiKeyLimit = new ApiKeyLimit(store, clock, requestsPerMinute)
  return { ...config, ...(options.rateLimits === 'off' ? unlimited : { apiKeyLimit }) }
}

const unlimited = {
  guard: {
    async count() {},
    async tryPassword() {
      return {
        isStopped: false,
        isLast: false,
        async succeed() {},
        judge: <T>(work: () => Promise<T>) => work(),
      }
    },
    async recover() {},
  },
  deadTokens: { count() {} },
  apiKeyLimit: { async count() {} },
}

// Whoever runs TypeScript as it is hears of a mistyped name nowhere else.
function requireHooks(hooks: object): void {
  for (const [name, hook] of Object.entries(hooks)) {
    const isKnown = hookNames.some((known) => known === name)
    if (isKnown && typeof hook === 'function') continue
    throw new RangeError(`hooks can have functions ${hookNames.join(', ')}, and no ${name}`)
  }
}

// SECURITY: whoever mistypes `closed` in JavaScript would have it open.
function requireSignUp(signUp: string): void {
  if (signUps.some((each) => each === signUp)) return
  throw new RangeError(`signUp must be one of ${signUps.join(', ')}, not ${signUp}`)
}

function requireFields(fields: z.ZodObject): void {
  // `transport` is what a cookie in the place of the token is asked for by.
  const own = ['email_address', 'password', 'password_confirmation', 'transport']
  const taken = own.find((name) => name in fields.shape)
  if (taken !== undefined) throw new RangeError(`signUpFields cannot have a field ${taken}`)
  // They are taken one by one into the schema of the body.
  if (fields.def.checks?.length || fields.def.catchall) {
    throw new RangeError('signUpFields is a plain z.object(): judge several fields in a hook')
  }
}

function requireWords(words: readonly string[]): void {
  const isWord = (word: string) => typeof word === 'string' && word.length >= minimumWordLength
  if (Array.isArray(words) && words.every(isWord)) return
  throw new RangeError(
    `passwords.contextWords must be a list of words of ${minimumWordLength} characters and more`,
  )
}

function requireApiKeys(policy: ApiKeyPolicy): void {
  const { scopes, defaultDays, maximumDays, maximumPerUser, requestsPerMinute } = policy
  for (const scope of scopes) {
    // RFC 6749 §3.3; so it also fits into a challenge as it is.
    if (/^[\w!#$%&'()*+,./:;<=>?@[\]^`{|}~-]{1,64}$/.test(scope)) continue
    throw new RangeError(
      `apiKeys.scopes are like projects:read, of 1 to 64 characters, not ${scope}`,
    )
  }
  requireWithin('apiKeys.maximumDays', maximumDays, { from: 1, to: 3_650 })
  requireWithin('apiKeys.defaultDays', defaultDays, { from: 1, to: maximumDays })
  requireWithin('apiKeys.maximumPerUser', maximumPerUser, { from: 1, to: 1_000 })
  requireWithin('apiKeys.requestsPerMinute', requestsPerMinute, { from: 1, to: 1_000_000 })
}

function requireWithin(name: string, value: number, { from, to }: { from: number; to: number }) {
  // SECURITY: written so that NaN fails; a session compared with NaN would never expire.
  if (typeof value === 'number' && value >= from && value <= to) return
  throw new RangeError(`${name} must be a number from ${from} to ${to}, not ${value}`)
}
