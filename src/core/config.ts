import { randomBytes } from 'node:crypto'
import type { z } from 'zod'
import { type AccessTokens, resolveAccessTokens } from './access-token-policy.ts'
import { CachedRead } from './cached-read.ts'
import { ApiKeyLimit } from './guard/api-key-limit.ts'
import { DeadTokens } from './guard/dead-tokens.ts'
import { Guard } from './guard.ts'
import type { Hooks } from './hooks.ts'
import { ids } from './ids.ts'
import { importKeptMilliseconds } from './imported-tokens.ts'
import { countRefusals } from './instrumentation.ts'
import { LastUse } from './last-use.ts'
import { faultsOnly, type Log, unfailing } from './log.ts'
import type { Metrics } from './metrics.ts'
import { numberSettings as settings } from './number-settings.ts'
import { requireNames, requireOptions } from './option-rules.ts'
import type { ApiKeyPolicy, AuthOptions, SessionPolicy, SignUp } from './options.ts'
import { type AdmittingHash, amongSchemes } from './password-hash/password-schemes.ts'
import { argon2id, type PasswordHash } from './password-hash.ts'
import type { PasswordPolicy } from './password-policy.ts'
import { RefusedAttempts } from './refused-attempts.ts'
import type { Store } from './store.ts'
import type { Random } from './tokens.ts'
import { type Tracing, trace } from './tracing.ts'

/**
 * `AuthOptions` with every default filled in: no code after this asks whether an option is set. The published types
 * leave out the internal members.
 */
export interface Configuration {
  readonly store: Store
  readonly passwords: PasswordPolicy
  readonly sessions: SessionPolicy
  readonly apiKeys: ApiKeyPolicy
  /** Null where none are issued. */
  readonly accessTokens: AccessTokens | null
  readonly resetTokenMinutes: number
  /** @internal */
  readonly guard: Pick<Guard, 'refuseKnown' | 'count' | 'tryPassword' | 'recover'>
  /** @internal */
  readonly deadTokens: Pick<DeadTokens, 'count'>
  /** @internal */
  readonly apiKeyLimit: Pick<ApiKeyLimit, 'count'>
  /** @internal */
  readonly newId: (at: Date) => string
  /** @internal */
  readonly refusedAttempts: RefusedAttempts
  readonly signUpFields: z.ZodObject | null
  readonly signUp: SignUp
  readonly hooks: Partial<Hooks<unknown>>
  readonly log: Log
  /** Null where nothing is counted. */
  readonly metrics: Metrics | null
  /** Null where nothing is traced. */
  readonly tracing: Tracing | null
  /** @internal */
  readonly sessionUse: LastUse
  /** @internal */
  readonly apiKeyUse: LastUse
  /**
   * Wakes the outbox of this process: a message was committed.
   *
   * @internal
   */
  readonly onMessageQueued: () => void
  readonly clock: () => Date
  readonly random: Random
  readonly passwordHash: AdmittingHash
  /**
   * When sessions were last imported, with tokens that another system issued; null for never.
   *
   * @internal
   */
  readonly importedSessions: Pick<CachedRead<Date | null>, 'get'>
}

/** @throws RangeError for an option that would switch a protection off */
export function resolveConfiguration<Fields>(
  options: AuthOptions<Fields>,
  onMessageQueued: () => void = () => {},
): Configuration {
  const { store, passwords = {}, sessions = {}, apiKeys = {} } = options
  const clock = options.clock ?? (() => new Date())
  const random = options.random ?? randomBytes
  const newId = ids(random)
  const idleHours = sessions.idleHours ?? settings.sessions.idleHours.default
  // SECURITY: not by spreading, with which an explicit undefined would replace a default.
  const config = {
    store,
    passwords: {
      minimumLength: passwords.minimumLength ?? settings.passwords.minimumLength.default,
      rejectCommon: passwords.rejectCommon ?? true,
      contextWords: passwords.contextWords ?? [],
    },
    sessions: {
      idleHours,
      maximumHours: sessions.maximumHours ?? settings.sessions.maximumHours.default,
      maximumPerUser: sessions.maximumPerUser ?? settings.sessions.maximumPerUser.default,
    },
    apiKeys: resolveApiKeys(apiKeys),
    accessTokens: resolveAccessTokens({ store, clock, newId }, options.accessTokens),
    resetTokenMinutes: options.resetTokenMinutes ?? settings.resetTokenMinutes.default,
    guard: new Guard(store, clock),
    deadTokens: new DeadTokens(clock),
    refusedAttempts: new RefusedAttempts((events) => store.recordEvents(events)),
    signUpFields: options.signUpFields ?? null,
    signUp: options.signUp ?? 'open',
    // The hooks get what `signUpFields` made, and `Fields` is the type of both.
    hooks: (options.hooks ?? {}) as Partial<Hooks<unknown>>,
    log: unfailing(options.log ?? faultsOnly),
    metrics: options.metrics ?? null,
    tracing: options.tracing ?? null,
    sessionUse: new LastUse((ids, at) => store.recordUses('sessions', ids, at), clock, idleHours),
    apiKeyUse: new LastUse((ids, at) => store.recordUses('api_keys', ids, at), clock),
    onMessageQueued,
    clock,
    random,
    newId,
    passwordHash: amongSchemes(options.passwordHash ?? defaultHash(options), { store, clock }),
    importedSessions: new CachedRead({
      read: () => store.findLastSessionImport(),
      clock,
      milliseconds: importKeptMilliseconds,
    }),
  }
  requireNames(options, config)
  requireOptions(config)
  const { requestsPerMinute } = config.apiKeys
  const apiKeyLimit = new ApiKeyLimit(store, clock, requestsPerMinute)
  return watched({ ...config, ...(options.rateLimits === 'off' ? unlimited : { apiKeyLimit }) })
}

function resolveApiKeys(policy: Partial<ApiKeyPolicy>): ApiKeyPolicy {
  const { defaultDays, maximumDays, maximumPerUser, requestsPerMinute } = settings.apiKeys
  const longest = policy.maximumDays ?? maximumDays.default
  return {
    scopes: policy.scopes ?? [],
    defaultDays: policy.defaultDays ?? Math.min(defaultDays.default, longest),
    maximumDays: longest,
    maximumPerUser: policy.maximumPerUser ?? maximumPerUser.default,
    requestsPerMinute: policy.requestsPerMinute ?? requestsPerMinute.default,
  }
}

function watched(config: Configuration): Configuration {
  const { metrics, tracing, store, clock, passwordHash } = config
  const traced = tracing ? trace(config, tracing) : config
  if (metrics === null) return traced
  metrics.watch({ store, clock, hashes: passwordHash.queue ?? null })
  return { ...traced, ...countRefusals(traced, metrics) }
}

function defaultHash(options: Pick<AuthOptions, 'processes' | 'importedKeys'>): PasswordHash {
  const { processes = 1, importedKeys = {} } = options
  return argon2id({ processes, importedKeys })
}

const unlimited = {
  guard: {
    refuseKnown() {},
    async count() {},
    async tryPassword() {
      return {
        isStopped: false,
        isLast: false,
        async succeed() {},
        verify: <T>(work: () => Promise<T>) => work(),
      }
    },
    async recover() {},
  },
  deadTokens: { count() {} },
  apiKeyLimit: { async count() {} },
}
