import type { RateLimit, WindowLimit } from './rate-limit.ts'

export const guardedActs = [
  'log_in',
  'password_challenge',
  'sign_up',
  'password_reset',
  'email_verification',
  'verification_mail',
  'api_key',
  'session_token',
  'access_token',
] as const

/** What is counted, each for itself. */
export type GuardedAct = (typeof guardedActs)[number]

/** From where it is done; from there by one account; by one account, or on it. */
export type Counted = 'address' | 'both' | 'account'

const minuteSeconds = 60
const daySeconds = 86_400

// Rails' numbers: `rate_limit to: 10, within: 3.minutes`.
const attempts: WindowLimit = { name: 'attempts', attempts: 10, windowSeconds: 3 * minuteSeconds }
// To one recipient, who did not ask for a stranger's mails. Not by account alone: a stranger would keep
// its owner from the link for a day.
const mails: WindowLimit = { name: 'mails', attempts: 30, windowSeconds: daySeconds }
// Each device of a user needs one every few minutes, for each service; many users may share an address.
const accessTokens: WindowLimit = { ...attempts, attempts: 60 }
const accessTokensFromAddress: WindowLimit = { ...attempts, attempts: 600 }
const signUps: WindowLimit = { name: 'sign-ups', attempts: 100, windowSeconds: daySeconds }

/**
 * Every limit on attempts that there is, beside `passwordLimits` and what an API key may ask for
 * (`apiKeys.requestsPerMinute`). They are counted in this order, by address first, and what one of them
 * refuses is not counted for those behind it.
 */
export const limits: Readonly<
  Record<GuardedAct, Readonly<Record<Counted, readonly WindowLimit[]>>>
> = {
  // By account these are counted as failures, which a success clears.
  log_in: { address: [attempts], both: [], account: [] },
  password_challenge: { address: [attempts], both: [], account: [] },
  sign_up: { address: [attempts, signUps], both: [mails], account: [attempts] },
  password_reset: { address: [attempts], both: [mails], account: [attempts] },
  email_verification: { address: [attempts], both: [mails], account: [attempts] },
  // A change of address, by whom the mail goes to: what one client sends there is no more by having many accounts.
  verification_mail: { address: [attempts], both: [mails], account: [attempts] },
  api_key: { address: [attempts], both: [], account: [attempts] },
  session_token: { address: [attempts], both: [], account: [attempts] },
  access_token: { address: [accessTokensFromAddress], both: [], account: [accessTokens] },
}

/** What holds for trying passwords. */
export const passwordLimits = {
  /** So many failures in succession wait for nothing; from then on each waits twice as long as the one before. */
  failures: { name: 'failures', attempts: 10, windowSeconds: null },
  firstWaitSeconds: 30,
  longestWaitSeconds: 3_600,
  /** After so many in succession the right password fails as well, until it is reset (NIST SP 800-63B-4 §3.2.2). */
  stoppedAfter: 100,
  /** Fewer are forgotten when so many days have passed without another. */
  forgottenAfterDays: 30,
  /** One password that was tried in vain on so many accounts is refused, by each process for itself. */
  spraying: { name: 'passwords', attempts: 30, windowSeconds: 3_600 },
} as const satisfies Record<string, RateLimit | number>

/** From one address; then what is dead is told to wait, and what lives is not concerned. */
export const deadTokens = {
  /** Of sessions and API keys. Many clients behind one address may all have been logged out. */
  bearer: { name: 'tokens', attempts: 12_000, windowSeconds: minuteSeconds },
  /** From mails: nobody has many of them. */
  link: { name: 'links', attempts: 300, windowSeconds: minuteSeconds },
} as const satisfies Record<string, WindowLimit>
