import type { AuditEvent } from 'latchkey/client'

interface Description {
  /** The path of an icon. */
  readonly picture: string
  readonly words: string
}

/** An event of the API in plain words. */
export function describe({ event, detail }: AuditEvent): Description {
  const known = descriptions[`${event} ${detail}`] ?? descriptions[event]
  return known ?? { picture: person, words: event.replaceAll('_', ' ') }
}

const into = 'M10 17l5-5-5-5M15 12H3M14 4h5a1 1 0 0 1 1 1v14a1 1 0 0 1-1 1h-5'
const out = 'M16 17l5-5-5-5M21 12H9M10 4H5a1 1 0 0 0-1 1v14a1 1 0 0 0 1 1h5'
const warning = 'M12 8v5m0 3v.01M21 12a9 9 0 1 1-18 0 9 9 0 0 1 18 0Z'
const lock =
  'M7 11V8a5 5 0 0 1 10 0v3M6 11h12a1 1 0 0 1 1 1v8a1 1 0 0 1-1 1H6a1 1 0 0 1-1-1v-8a1 1 0 0 1 1-1Z'
const key =
  'M15 3a6 6 0 0 0-5.8 7.5L3 16.7V21h4.3v-2.5h2.5V16H12l1.5-1.2A6 6 0 1 0 15 3Zm1.5 4.5v.01'
const person = 'M16 7a4 4 0 1 1-8 0 4 4 0 0 1 8 0ZM4 21a8 8 0 0 1 16 0'
const mail =
  'M4 5h16a1 1 0 0 1 1 1v12a1 1 0 0 1-1 1H4a1 1 0 0 1-1-1V6a1 1 0 0 1 1-1Zm-.5 1.5L12 13l8.5-6.5'

// Keyed by the name of the event, or by its name and detail.
const descriptions: Partial<Record<string, Description>> = {
  user_created: { picture: person, words: 'Signed up' },
  user_updated: { picture: person, words: 'Account changed' },
  'user_updated email_address_requested': { picture: mail, words: 'New email address requested' },
  'user_updated email_address': { picture: mail, words: 'Email address changed' },
  'user_updated email_verified': { picture: mail, words: 'Email address confirmed' },
  'user_updated unbanned': { picture: person, words: 'Account unlocked' },
  authn_login_success: { picture: into, words: 'Logged in' },
  'authn_login_success password_challenge': { picture: lock, words: 'Password entered' },
  authn_login_fail: { picture: warning, words: 'Failed log-in' },
  'authn_login_fail password_challenge': { picture: warning, words: 'Wrong password entered' },
  authn_login_lock: { picture: warning, words: 'Password blocked after too many attempts' },
  'authn_login_lock banned': { picture: warning, words: 'Account locked' },
  authn_password_change: { picture: lock, words: 'Password changed' },
  'authn_password_change reset': { picture: lock, words: 'Password reset' },
  authn_password_change_fail: { picture: warning, words: 'Failed password change' },
  authn_token_created: { picture: key, words: 'API key created' },
  authn_token_revoked: { picture: key, words: 'API key revoked' },
  session_renewed: { picture: into, words: 'Log-in renewed' },
  session_expired: { picture: out, words: 'Logged out' },
  'session_expired revoked': { picture: out, words: 'Device logged out' },
  'session_expired all': { picture: out, words: 'Logged out everywhere' },
  excess_sessions_exceeded: { picture: out, words: 'Oldest device logged out' },
}
