import { ann } from '../harness.ts'

/** A request that changes something, and that whoever holds the session may well send. */
export interface Act {
  readonly method: string
  readonly path: string
  readonly fields: Readonly<Record<string, unknown>>
}

/** Whoever made the hostile page has an account too. */
export const mallory = { email_address: 'mallory@example.com', password: 'incorrect horse battery' }

/** What a page can post without asking first: log in and sign up as somebody else, and what a session may. */
export const postable: readonly Act[] = [
  act('POST /v1/session', { ...mallory, transport: 'cookie' }),
  act('POST /v1/registrations', {
    ...{ email_address: 'mallory@example.org', password: mallory.password, transport: 'cookie' },
  }),
  act('POST /v1/projects', { title: 'Of mallory' }),
]

/** What only reads, or so it seems. */
export const readable: readonly Act[] = [
  act('GET /v1/user', {}),
  act('GET /v1/projects', { _method: 'DELETE' }),
  act('GET /v1/session', { _method: 'DELETE', password_challenge: ann.password }),
]

/** What there is to be harmed: ids. */
export interface Belongings {
  readonly project: string
  readonly session: string
  readonly apiKey: string
}

/**
 * All that a session can be used for, in an order in which whoever did one may do the next; but that
 * some put an end to the session.
 */
export function actsOn({ project, session, apiKey }: Belongings): readonly Act[] {
  return [
    ...postable,
    act(`PATCH /v1/projects/${project}`, { title: 'Of mallory' }),
    act(`DELETE /v1/projects/${project}`, {}),
    act('POST /v1/api_keys', { name: 'Of mallory', scopes: ['projects:read'] }),
    act(`DELETE /v1/api_keys/${apiKey}`, {}),
    act('POST /v1/access_tokens', { audience: 'billing' }),
    act('PATCH /v1/user', { email_address: 'new-mallory@example.com' }),
    act('POST /v1/email_verifications', {}),
    act('PUT /v1/session/freshness', { password_challenge: ann.password }),
    act(`PATCH /v1/sessions/${session}`, { name: 'Of mallory' }),
    act(`DELETE /v1/sessions/${session}`, {}),
    act('DELETE /v1/sessions', {}),
    act('PUT /v1/session/token', {}),
    act('DELETE /v1/session', {}),
    act('PUT /v1/password', { password_challenge: ann.password, password: mallory.password }),
    act('DELETE /v1/user', {}),
  ]
}

function act(line: string, fields: Act['fields']): Act {
  const [method = '', path = ''] = line.split(' ')
  return { method, path, fields }
}
