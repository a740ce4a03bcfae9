import type { z } from 'zod'
import { hookNames } from './hooks.ts'
import { type NumberSetting, numberSettings as settings } from './number-settings.ts'
import { type ApiKeyPolicy, type SessionPolicy, type SignUp, signUps } from './options.ts'
import { minimumWordLength } from './password-policy/context-words.ts'
import type { PasswordPolicy } from './password-policy.ts'

/** @throws RangeError for an option that would switch a protection off, or that nobody could have meant */
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
 * SECURITY: in JavaScript `passwords: { minLength: 15 }` would leave the minimum at its default.
 *
 * @throws RangeError for a name that no policy has
 */
export function requireNames(given: GivenPolicies, resolved: Required<GivenPolicies>): void {
  for (const group of ['passwords', 'sessions', 'apiKeys'] as const) {
    const known = Object.keys(resolved[group])
    const unknown = Object.keys(given[group] ?? {}).find((name) => !known.includes(name))
    if (unknown === undefined) continue
    throw new RangeError(`${group} can have ${known.join(', ')}, and no ${unknown}`)
  }
}

interface GivenPolicies {
  readonly passwords?: object
  readonly sessions?: object
  readonly apiKeys?: object
}

// Where TypeScript is run without a type check, nothing else reports a mistyped name.
function requireHooks(hooks: object): void {
  for (const [name, hook] of Object.entries(hooks)) {
    const isKnown = hookNames.some((known) => known === name)
    if (isKnown && typeof hook === 'function') continue
    throw new RangeError(`hooks can have functions ${hookNames.join(', ')}, and no ${name}`)
  }
}

// SECURITY: with a mistyped `closed` in JavaScript people could sign up.
function requireSignUp(signUp: string): void {
  if (signUps.some((each) => each === signUp)) return
  throw new RangeError(`signUp must be one of ${signUps.join(', ')}, not ${signUp}`)
}

function requireFields(fields: z.ZodObject): void {
  // `transport` asks for a cookie in place of the token.
  const own = ['email_address', 'password', 'password_confirmation', 'transport']
  const taken = own.find((name) => name in fields.shape)
  if (taken !== undefined) throw new RangeError(`signUpFields cannot have a field ${taken}`)
  // The fields are copied one by one into the schema of the body.
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
  const { scopes, defaultDays, maximumDays } = policy
  for (const scope of scopes) {
    // RFC 6749 §3.3; such a scope also fits into a challenge unescaped.
    if (/^[\w!#$%&'()*+,./:;<=>?@[\]^`{|}~-]{1,64}$/.test(scope)) continue
    throw new RangeError(
      `apiKeys.scopes are like projects:read, of 1 to 64 characters, not ${scope}`,
    )
  }
  // An access token with all of them must not be longer than a resource server reads.
  if (scopes.join(' ').length > 4_096) {
    throw new RangeError(
      'apiKeys.scopes are 4096 characters together at most, with a space between',
    )
  }
  // First, since the default of `defaultDays` follows from it.
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
  { from, to, isWhole }: Omit<NumberSetting, 'otherwise'>,
) {
  // SECURITY: written so that NaN fails; a session compared with NaN would never expire.
  if (!(typeof value === 'number' && value >= from && value <= to)) {
    throw new RangeError(`${name} must be a number from ${from} to ${to}, not ${value}`)
  }
  // A database refuses to skip half a row: every log-in would be a 500.
  if (isWhole && !Number.isInteger(value)) {
    throw new RangeError(`${name} must be a whole number, not ${value}`)
  }
}
