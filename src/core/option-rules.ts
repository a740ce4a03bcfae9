import type { z } from 'zod'
import { hookNames } from './hooks.ts'
import { type NumberSetting, numberSettings as settings } from './number-settings.ts'
import { type ApiKeyPolicy, type SessionPolicy, type SignUp, signUps } from './options.ts'
import { minimumWordLength } from './password-policy/context-words.ts'
import type { PasswordPolicy } from './password-policy.ts'

/** @throws RangeError for an option that would switch a protection off, or makes no sense */
export function requireOptions(options: Options): void {
  const { passwords, sessions, resetTokenMinutes, apiKeys, signUp, signUpFields, hooks } = options
  requireNumbers('passwords', passwords, settings.passwords)
  requireWords(passwords.contextWords)
  requireNumbers('sessions', sessions, settings.sessions)
  requireWithin('resetTokenMinutes', resetTokenMinutes, settings.resetTokenMinutes)
  requireApiKeys(apiKeys)
  requireNumbers('apiKeys', apiKeys, settings.apiKeys)
  if (signUpFields) requireFields(signUpFields)
  requireSignUp(signUp)
  requireHooks(hooks)
}

interface Options {
  readonly passwords: PasswordPolicy
  readonly sessions: SessionPolicy
  readonly resetTokenMinutes: number
  readonly apiKeys: ApiKeyPolicy
  readonly signUp: SignUp
  readonly signUpFields: z.ZodObject | null
  readonly hooks: object
}

/**
 * SECURITY: without a type check, a misspelled option such as `passwords: { minLength: 15 }` would have no effect.
 *
 * @throws RangeError for a name that the policy does not have
 */
export function requireNames(given: GivenPolicies, resolved: Required<GivenPolicies>): void {
  for (const group of ['passwords', 'sessions', 'apiKeys'] as const) {
    const known = Object.keys(resolved[group])
    const unknown = Object.keys(given[group] ?? {}).find((name) => !known.includes(name))
    if (unknown === undefined) continue
    throw new RangeError(`${group} can have ${known.join(', ')}, but not ${unknown}`)
  }
}

interface GivenPolicies {
  readonly passwords?: object
  readonly sessions?: object
  readonly apiKeys?: object
}

// Without a type check, nothing else would report a misspelled name.
function requireHooks(hooks: object): void {
  for (const [name, hook] of Object.entries(hooks)) {
    const isKnown = hookNames.some((known) => known === name)
    if (isKnown && typeof hook === 'function') continue
    throw new RangeError(`hooks can have the functions ${hookNames.join(', ')}, but not ${name}`)
  }
}

// SECURITY: without a type check, people could sign up despite a misspelled `closed`.
function requireSignUp(signUp: string): void {
  if (signUps.some((each) => each === signUp)) return
  throw new RangeError(`signUp must be one of ${signUps.join(', ')}, not ${signUp}`)
}

function requireFields(fields: z.ZodObject): void {
  // Fields of Latchkey's own: `transport` asks for a cookie instead of a token.
  const own = ['email_address', 'password', 'password_confirmation', 'transport']
  const taken = own.find((name) => name in fields.shape)
  if (taken !== undefined) throw new RangeError(`signUpFields cannot have a field ${taken}`)
  // Only the shape is copied into the schema of the body: checks and a catch-all would be lost.
  if (fields.def.checks?.length || fields.def.catchall) {
    throw new RangeError('signUpFields must be a plain z.object(): check several fields in a hook')
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
  const { scopes, defaultDays, maximumDays } = policy
  for (const scope of scopes) {
    // RFC 6749 §3.3; such a scope also fits into a challenge unescaped.
    if (/^[\w!#$%&'()*+,./:;<=>?@[\]^`{|}~-]{1,64}$/.test(scope)) continue
    throw new RangeError(
      `apiKeys.scopes must be like projects:read, of 1 to 64 characters, not ${scope}`,
    )
  }
  // An access token with all scopes must not be longer than resource servers accept.
  if (scopes.join(' ').length > 4_096) {
    throw new RangeError(
      'apiKeys.scopes must have at most 4096 characters together, with spaces between them',
    )
  }
  // Checked first, since the default of `defaultDays` depends on it.
  requireWithin('apiKeys.maximumDays', maximumDays, settings.apiKeys.maximumDays)
  requireWithin('apiKeys.defaultDays', defaultDays, { from: 1, to: maximumDays })
}

function requireNumbers(
  group: string,
  policy: object,
  rules: Readonly<Record<string, NumberSetting>>,
): void {
  const given = new Map<string, unknown>(Object.entries(policy))
  for (const [name, rule] of Object.entries(rules)) {
    requireWithin(`${group}.${name}`, given.get(name), rule)
  }
}

function requireWithin(
  name: string,
  value: unknown,
  { from, to, isWhole }: Omit<NumberSetting, 'default'>,
) {
  // SECURITY: written so that NaN fails: a session whose expiry is NaN would never expire.
  if (!(typeof value === 'number' && value >= from && value <= to)) {
    throw new RangeError(`${name} must be a number from ${from} to ${to}, not ${value}`)
  }
  // The databases refuse fractions in OFFSET: every log-in would be a 500.
  if (isWhole && !Number.isInteger(value)) {
    throw new RangeError(`${name} must be a whole number, not ${value}`)
  }
}
