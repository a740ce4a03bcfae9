/**
 * What happened, in the words of OWASP's Logging Vocabulary, which monitoring can be keyed on, and how
 * grave it is there.
 */
const severities = {
  user_created: 'WARN',
  user_updated: 'WARN',
  user_deleted: 'WARN',
  authn_login_success: 'INFO',
  authn_login_fail: 'WARN',
  authn_login_lock: 'WARN',
  authn_password_change: 'INFO',
  authn_password_change_fail: 'CRITICAL',
  authn_token_created: 'INFO',
  authn_token_revoked: 'INFO',
  session_renewed: 'INFO',
  session_expired: 'INFO',
  excess_sessions_exceeded: 'WARN',
} as const

/** What is said of a request in the log alone, and not written down. */
const severitiesOfRequests = {
  authz_fail: 'CRITICAL',
  excess_rate_limit_exceeded: 'WARN',
  input_validation_fail: 'WARN',
} as const

export type EventName = keyof typeof severities
export type RequestEventName = keyof typeof severitiesOfRequests

export function severityOf(name: EventName | RequestEventName): 'INFO' | 'WARN' | 'CRITICAL' {
  return allSeverities[name]
}

const allSeverities = { ...severities, ...severitiesOfRequests }

/** Every name, for whoever asks for one of them. */
export const eventNames: readonly string[] = Object.keys(severities)

/** @returns the name, or null where a text is none */
export function parseEventName(text: string): EventName | null {
  return isEventName(text) ? text : null
}

function isEventName(text: string): text is EventName {
  return Object.hasOwn(severities, text)
}
