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

/** Acts that are limited, each counted by itself. */
export type GuardedAct = (typeof guardedActs)[number]

/** Acts that try a password: of these, tries that failed are counted too. */
export const passwordActs = ['log_in', 'password_challenge'] as const satisfies GuardedAct[]

export type PasswordAct = (typeof passwordActs)[number]

/** Per network; per network and account together; per account that acts, or is acted on. */
export type Counted = 'address' | 'both' | 'account'

const minuteSeconds = 60
const daySeconds = 86_400

// Rails' numbers: `rate_limit to: 10, within: 3.minutes`.
const attempts: WindowLimit = { name: 'attempts', attempts: 10, windowSeconds: 3 * minuteSeconds }
// Per network and recipient, who may not have asked for the mails. Not per recipient alone: a
// stranger could keep the owner of the address from the link for a day.
const mails: WindowLimit = { name: 'mails', attempts: 30, windowSeconds: daySeconds }
// Per network, whoever the recipients are: one mailbox can have many addresses, as `ann+1@` and `a.nn@`.
const mailsFromAddress: WindowLimit = { ...mails, attempts: 300 }
// Each device of a user needs one every few minutes, for each service; many users may share an address.
const accessTokens: WindowLimit = { ...attempts, attempts: 60 }
const accessTokensFromAddress: WindowLimit = { ...attempts, attempts: 600 }
const signUps: WindowLimit = { name: 'sign-ups', attempts: 100, windowSeconds: daySeconds }

/**
 * Every limit on attempts, beside `passwordLimits` and each API key's requests
 * (`apiKeys.requestsPerMinute`). They are counted in this order, by address first, and an attempt
 * that one of them refuses is not counted by those behind it.
 */
export const limits: Readonly<
  Record<GuardedAct, Readonly<Record<Counted, readonly WindowLimit[]>>>
> = {
  // By account, failures are counted instead, which a success clears.
  log_in: { address: [attempts], both: [], account: [] },
  password_challenge: { address: [attempts], both: [], account: [] },
  sign_up: { address: [attempts, signUps], both: [mails], account: [attempts] },
  password_reset: { address: [attempts], both: [mails], account: [attempts] },
  email_verification: { address: [attempts, mailsFromAddress], both: [mails], account: [attempts] },
  // For a change of address, by the mail's recipient: having many accounts lets no client send there more.
  verification_mail: { address: [attempts], both: [mails], account: [attempts] },
  api_key: { address: [attempts], both: [], account: [attempts] },
  session_token: { address: [attempts], both: [], account: [attempts] },
  access_token: { address: [accessTokensFromAddress], both: [], account: [accessTokens] },
}

/** The limits on tries at passwords. */
export const passwordLimits = {
  /** After so many failures in succession each try waits, twice as long as the one before. */
  failures: { name: 'failures', attempts: 10, windowSeconds: null },
  firstWaitSeconds: 30,
  longestWaitSeconds: 3_600,
  /** After so many in succession even the right password fails, until it is reset (NIST SP 800-63B-4 §3.2.2). */
  stoppedAfter: 100,
  /** Fewer are forgotten after so many days without another. */
  forgottenAfterDays: 30,
  /** A password tried in vain on so many accounts is refused; each process counts for itself. */
  spraying: { name: 'passwords', attempts: 30, windowSeconds: 3_600 },
} as const satisfies Record<string, RateLimit | number>

/** Per address: beyond this, dead tokens are told to wait, and live ones are not affected. */
export const deadTokens = {
  /** Of sessions and API keys. Many clients behind one address may all have been logged out. */
  bearer: { name: 'tokens', attempts: 12_000, windowSeconds: minuteSeconds },
  /** Of links in mails: nobody has many of them. */
  link: { name: 'links', attempts: 300, windowSeconds: minuteSeconds },
} as const satisfies Record<string, WindowLimit>
