/** The events, with the names and severities of OWASP's Logging Vocabulary, which monitoring can rely on. */
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

/** Events of requests, which are logged but not stored. */
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

/** The name of every stored event. */
export const eventNames: readonly EventName[] = Object.keys(severities).filter(isEventName)

export function isEventName(text: string): text is EventName {
  return Object.hasOwn(severities, text)
}
