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

/** The acts that are limited, each with counts of its own. */
export type GuardedAct = (typeof guardedActs)[number]

/** The acts that try a password, whose failures are counted as well. */
export const passwordActs = ['log_in', 'password_challenge'] as const satisfies GuardedAct[]

export type PasswordAct = (typeof passwordActs)[number]

/** What is counted together: attempts from a network (`address`), on an account, or on an account from a network. */
export type Counted = 'address' | 'both' | 'account'

const minuteSeconds = 60
const daySeconds = 86_400

// Rails' numbers: `rate_limit to: 10, within: 3.minutes`.
const attempts: WindowLimit = { name: 'attempts', attempts: 10, windowSeconds: 3 * minuteSeconds }
// Per network and recipient, who may not have requested the mails. Not per recipient alone, because then a stranger
// could keep the owner of the address from getting a link for a day.
const mails: WindowLimit = { name: 'mails', attempts: 30, windowSeconds: daySeconds }
// Per network, for all recipients together: one mailbox can have many addresses, such as `ann+1@` and `a.nn@`.
const mailsFromAddress: WindowLimit = { ...mails, attempts: 300 }
// Each device needs one every few minutes for each service, and many users may share an IP address.
const accessTokens: WindowLimit = { ...attempts, attempts: 60 }
const accessTokensFromAddress: WindowLimit = { ...attempts, attempts: 600 }
const signUps: WindowLimit = { name: 'sign-ups', attempts: 100, windowSeconds: daySeconds }

/**
 * Every limit on attempts, besides `passwordLimits` and `apiKeys.requestsPerMinute`. They are counted in this order, by
 * address first; an attempt that one of them refuses is not counted by the following ones.
 */
export const limits: Readonly<
  Record<GuardedAct, Readonly<Record<Counted, readonly WindowLimit[]>>>
> = {
  // By account, failures are counted instead, which a right password clears.
  log_in: { address: [attempts], both: [], account: [] },
  password_challenge: { address: [attempts], both: [], account: [] },
  sign_up: { address: [attempts, signUps], both: [mails], account: [attempts] },
  password_reset: { address: [attempts], both: [mails], account: [attempts] },
  email_verification: { address: [attempts, mailsFromAddress], both: [mails], account: [attempts] },
  // For a change of address, by the recipient: a client with many accounts must not be able to send them more mails.
  verification_mail: { address: [attempts], both: [mails], account: [attempts] },
  api_key: { address: [attempts], both: [], account: [attempts] },
  session_token: { address: [attempts], both: [], account: [attempts] },
  access_token: { address: [accessTokensFromAddress], both: [], account: [accessTokens] },
}

/** The limits on tries at passwords. */
export const passwordLimits = {
  /** After this many failures in a row each further try has to wait, twice as long as the one before. */
  failures: { name: 'failures', attempts: 10, windowSeconds: null },
  firstWaitSeconds: 30,
  longestWaitSeconds: 3_600,
  /** After this many in a row even the right password fails, until it is reset (NIST SP 800-63B-4 §3.2.2). */
  stoppedAfter: 100,
  /** Fewer failures are forgotten after this many days without another one. */
  forgottenAfterDays: 30,
  /** A password that was wrong on this many accounts is refused on others. Each process counts separately. */
  spraying: { name: 'passwords', attempts: 30, windowSeconds: 3_600 },
} as const satisfies Record<string, RateLimit | number>

/** The limits on dead tokens, per IP address. Live tokens are not affected. */
export const deadTokens = {
  /** Tokens of sessions and API keys: many clients behind one address may all have been logged out. */
  bearer: { name: 'tokens', attempts: 12_000, windowSeconds: minuteSeconds },
  /** Tokens of mailed links, of which nobody has many. */
  link: { name: 'links', attempts: 300, windowSeconds: minuteSeconds },
} as const satisfies Record<string, WindowLimit>
